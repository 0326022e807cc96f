using Ticketing.Contracts;

namespace Ticketing.Orders.Disputing;

/// <summary>The payer has the money: the order is given back.</summary>
internal static class OnPaymentDisputeLost
{
    public static Task Handle(PaymentDisputeLost e, Disputes disputes, CancellationToken ct) =>
        disputes.ApplyAsync(new(SettlementKind.DisputeLost, e.PaymentId, e.OrderId, e.Amount, e.At, e.DisputeId), ct);
}
