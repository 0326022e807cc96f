using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Paying;

/// <summary>
/// The buyer's bank may claw the money back: until that is decided nobody gives it back a second time. (Tickets hears it,
/// too, and blocks the tickets.)
/// </summary>
internal static class OnPaymentDisputed
{
    public static Task Handle(PaymentDisputed e, NpgsqlDataSource source, CancellationToken ct) =>
        ApplyAsync(new SettlementFact(SettlementKind.Disputed, e.PaymentId, e.OrderId, e.Amount, e.At), source, ct);

    public static Task ApplyAsync(SettlementFact disputed, NpgsqlDataSource source, CancellationToken ct) =>
        source.ExecuteAsync(
            "UPDATE orders SET disputed_at = coalesce(disputed_at, $2) WHERE id = $1 AND $3 IN (paid_by, payment_id)",
            ct,
            disputed.OrderId,
            disputed.At,
            disputed.PaymentId
        );
}
