using Ticketing.Contracts;

namespace Ticketing.Orders.Disputing;

/// <summary>The door opens again; a refund that waited goes on.</summary>
internal static class OnPaymentDisputeWon
{
    public static Task Handle(PaymentDisputeWon e, Disputes disputes, CancellationToken ct) =>
        disputes.ApplyAsync(new(SettlementKind.DisputeWon, e.PaymentId, e.OrderId, e.Amount, e.At, e.DisputeId), ct);
}
