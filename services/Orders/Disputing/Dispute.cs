using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Disputing;

/// <summary>What became of a dispute; won and lost are final.</summary>
public enum DisputeStatus
{
    Open,
    Won,
    Lost,
}

/// <summary>A bank asks money of an order back, as Payments told it.</summary>
internal sealed class Dispute
{
    public required Guid Id { get; init; }
    public required Guid OrderId { get; init; }
    public required Guid PaymentId { get; init; }
    public required DisputeStatus State { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }

    /// <summary>When it became so.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>As the door knows it; null: not yet.</summary>
    public DisputeStatus? Door { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Dispute>
    {
        public void Configure(EntityTypeBuilder<Dispute> dispute)
        {
            dispute.ToTable("disputes");
            dispute.Property(d => d.Id).ValueGeneratedNever();
            dispute.Property(d => d.State).HasMaxLength(10);
            dispute.Property(d => d.Door).HasMaxLength(10);
            dispute.Property(d => d.Currency).HasMaxLength(3).IsFixedLength();
            dispute.HasIndex(d => d.OrderId);
            dispute.HasOne<Order>().WithMany().HasForeignKey(d => d.OrderId).OnDelete(DeleteBehavior.Restrict);
        }
    }
}

/// <summary>
/// Until a bank has decided about an order's money its tickets open no door, and nobody gives it back a second time. Won, they
/// open it again. Lost, the payer has the money: the order ends as a refunded one, and what the bank did not take is given back.
/// </summary>
internal sealed class Disputes(NpgsqlDataSource source, OrderStock stock, OutboxSignal outbox, Sagas sagas)
{
    private const string Reason = "payment-disputed";

    /// <summary>Of the refund that a lost dispute is.</summary>
    private const string LostReason = "dispute-lost";

    private static readonly string Whose = $"""
        SELECT organizer_id, number, event_title, {MoneyTeam.IdsOf("orders.organizer_id")}
        FROM orders WHERE id = $1
        """;

    /// <summary>
    /// The order's row first. An outcome is final, also when it is told before its dispute. Of the payment that the order keeps
    /// it decides about the order; of another one it is that money's end alone.
    /// </summary>
    private static readonly string Book = $"""
        WITH o AS (SELECT id, paid_by, payment_id FROM orders WHERE id = $1 FOR UPDATE),
        moved AS (
            INSERT INTO disputes (id, order_id, payment_id, state, amount, currency, at)
            SELECT $2, id, $3, $4, $5, $6, $7 FROM o
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, at = excluded.at, door = NULL
                WHERE disputes.state = 'Open' AND excluded.state <> 'Open'
            RETURNING id),
        others AS (
            SELECT coalesce(bool_or(d.state = 'Open'), false) AS open, coalesce(bool_or(d.state = 'Lost'), false) AS lost
            FROM disputes d, o WHERE d.order_id = o.id AND d.id <> $2 AND d.payment_id IN (o.paid_by, o.payment_id)),
        money AS (
            -- It may be told before the settlement.
            INSERT INTO settlements (payment_id, order_id, amount, currency, booked_at, refunded_at)
            SELECT $3, o.id, $5, $6, now(), $7 FROM o, moved WHERE $4 = 'Lost'
            ON CONFLICT (payment_id) DO UPDATE SET refunded_at = coalesce(settlements.refunded_at, excluded.refunded_at)
                WHERE settlements.amount <= excluded.amount),
        kept AS (
            SELECT o.id, coalesce($3 IN (o.paid_by, o.payment_id), false) AS kept,
                $4 = 'Lost' AND o.paid_by IS NOT DISTINCT FROM $3 AS ends,
                CASE WHEN $4 = 'Open' OR others.open THEN 'Open' WHEN $4 = 'Lost' OR others.lost THEN 'Lost' ELSE 'Won' END
                    AS state
            FROM o, others, moved),
        changed AS (
            UPDATE orders SET
                dispute_status = CASE WHEN kept THEN kept.state ELSE dispute_status END,
                disputed_at = CASE WHEN kept AND $4 = 'Open' THEN $7 ELSE disputed_at END,
                refund_requested_at = CASE WHEN ends AND {OrderMoves.IsBought} THEN coalesce(refund_requested_at, now())
                    ELSE refund_requested_at END,
                refund_reason = CASE WHEN ends AND {OrderMoves.IsBought} THEN coalesce(refund_reason, '{LostReason}')
                    ELSE refund_reason END,
                refund_even_if_used = refund_even_if_used OR ends,
                refund_even_if_transferred = refund_even_if_transferred OR ends,
                drive_after = CASE WHEN $4 = 'Open' THEN drive_after ELSE now() END
            FROM kept WHERE orders.id = kept.id
            RETURNING orders.id, {OrderMoves.IsBought} AND refund_requested_at IS NOT NULL AS whole),
        {OutboxExtensions.Told("moved", first: 8)}
        SELECT whole FROM changed
        """;

    private sealed record Booked(bool Whole);

    public async Task ApplyAsync(SettlementFact fact, CancellationToken ct)
    {
        var state = fact.Kind switch
        {
            SettlementKind.Disputed => DisputeStatus.Open,
            SettlementKind.DisputeWon => DisputeStatus.Won,
            SettlementKind.DisputeLost => DisputeStatus.Lost,
            _ => throw new ArgumentOutOfRangeException(nameof(fact)),
        };
        var told =
            await source.FirstAsync(
                Whose,
                row => new OrderDisputed(
                    fact.OrderId,
                    row.GetString(1),
                    row.GetGuid(0),
                    row.GetString(2),
                    IdOf(fact),
                    state switch
                    {
                        DisputeStatus.Open => DisputeState.Opened,
                        DisputeStatus.Won => DisputeState.Won,
                        _ => DisputeState.Lost,
                    },
                    fact.Amount,
                    row.GetFieldValue<Guid[]>(3),
                    fact.At
                ),
                ct,
                fact.OrderId
            ) ?? throw new InvalidOperationException($"There is no order {fact.OrderId} yet.");
        var act = Actor
            .Nobody(fact.At)
            .Did(
                state switch
                {
                    DisputeStatus.Open => "payment.disputed",
                    DisputeStatus.Won => "payment.dispute-won",
                    _ => "payment.dispute-lost",
                },
                told.OrganizerId,
                fact.OrderId,
                null,
                ("amount", fact.Amount.Amount),
                ("currency", fact.Amount.Currency)
            );
        var booked = await source.FirstAsync(
            Book,
            row => new Booked(row.GetBoolean(0)),
            ct,
            [
                fact.OrderId,
                IdOf(fact),
                fact.PaymentId,
                state.ToString(),
                fact.Amount.Amount,
                fact.Amount.Currency,
                fact.At,
                .. OutboxExtensions.Values(
                    OutboxMessage.Of(act, Traces.Current),
                    OutboxMessage.Of(told, Traces.Current)
                ),
            ]
        );
        outbox.Pulse();
        await TellDoorAsync(fact.OrderId, ct);
        if (booked is not null && state is not DisputeStatus.Open)
            await sagas.StartAsync(fact.OrderId, booked.Whole ? Need.Refund : Need.ReturnMoney, ct);
    }

    /// <summary>SQL: the dispute of <paramref name="id"/> is as far as <paramref name="kind"/>, and the door knows it.</summary>
    public static string IsKnown(string id, string kind) =>
        $"""
            EXISTS (SELECT FROM disputes d WHERE d.id = {id} AND d.door = d.state AND ({kind} = 'Disputed' OR d.state <> 'Open'))
            """;

    /// <summary>A payment has one dispute as a rule.</summary>
    public static Guid IdOf(SettlementFact fact) => fact.DisputeId ?? fact.PaymentId;

    /// <summary>
    /// By turns: the rows are locked while Tickets is asked, so that what the door is told last is what is true. Nobody waits for
    /// these rows but another message about the same money.
    /// </summary>
    private async Task TellDoorAsync(Guid orderId, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var turn = await connection.BeginTransactionAsync(ct);
        await using var look = new NpgsqlCommand(
            """
            SELECT d.state = 'Open' OR d.state = 'Lost' AND d.payment_id IS NOT DISTINCT FROM o.paid_by,
                d.door IS DISTINCT FROM d.state, d.id
            FROM disputes d JOIN orders o ON o.id = d.order_id WHERE d.order_id = $1 ORDER BY d.id FOR UPDATE OF d
            """,
            connection,
            turn
        );
        look.Add(orderId);
        var disputes = await look.ReadAsync(
            row => (Closes: row.GetBoolean(0), IsNews: row.GetBoolean(1), Id: row.GetGuid(2)),
            ct
        );
        if (!disputes.Exists(d => d.IsNews))
            return;
        await (
            disputes.Exists(d => d.Closes)
                ? stock.BlockAsync(orderId, Reason, ct)
                : stock.UnblockAsync(orderId, Reason, ct)
        );
        await using var told = new NpgsqlCommand(
            "UPDATE disputes SET door = state WHERE id = ANY($1)",
            connection,
            turn
        );
        // Not what has come meanwhile: that has its own turn.
        told.Add(disputes.Select(d => d.Id).ToArray());
        await told.ExecuteNonQueryAsync(ct);
        await turn.CommitAsync(ct);
    }
}
