using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Paying;

/// <summary>
/// The buyer's bank may claw the money back: until that is decided the tickets open no door, and nobody gives it back a
/// second time. Tickets first: what is not written down here is told, or pulled, again.
/// </summary>
internal static class OnPaymentDisputed
{
    private const string Organizer = "SELECT organizer_id FROM orders WHERE id = $1";

    private static readonly string Dispute = $"""
        WITH moved AS (
            UPDATE orders SET disputed_at = $2 WHERE id = $1 AND $3 IN (paid_by, payment_id) AND disputed_at IS NULL
            RETURNING id),
        {OutboxExtensions.Told("moved", first: 4)}
        SELECT true FROM moved
        """;

    public static Task Handle(
        PaymentDisputed e,
        OrderStock stock,
        NpgsqlDataSource source,
        OutboxSignal outbox,
        CancellationToken ct
    ) => ApplyAsync(new(SettlementKind.Disputed, e.PaymentId, e.OrderId, e.Amount, e.At), stock, source, outbox, ct);

    public static async Task ApplyAsync(
        SettlementFact disputed,
        OrderStock stock,
        NpgsqlDataSource source,
        OutboxSignal outbox,
        CancellationToken ct
    )
    {
        await stock.BlockAsync(disputed.OrderId, "payment-disputed", ct);
        var organizer = await source.FirstAsync(Organizer, row => (Guid?)row.GetGuid(0), ct, disputed.OrderId);
        var act = Actor
            .Nobody(disputed.At)
            .Did(
                "payment.disputed",
                organizer,
                disputed.OrderId,
                null,
                ("amount", disputed.Amount.Amount),
                ("currency", disputed.Amount.Currency)
            );
        await source.FirstAsync(
            Dispute,
            row => row.GetBoolean(0),
            ct,
            [
                disputed.OrderId,
                disputed.At,
                disputed.PaymentId,
                .. OutboxExtensions.Values(OutboxMessage.Of(act, Traces.Current)),
            ]
        );
        outbox.Pulse();
    }
}
