using Ticketing.Contracts;

namespace Ticketing.Orders.Disputing;

/// <summary>The door is closed, nobody is refunded.</summary>
internal static class OnPaymentDisputed
{
    public static Task Handle(PaymentDisputed e, Disputes disputes, CancellationToken ct) =>
        disputes.ApplyAsync(new(SettlementKind.Disputed, e.PaymentId, e.OrderId, e.Amount, e.At, e.DisputeId), ct);
}
