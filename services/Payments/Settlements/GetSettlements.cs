using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Ledger;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Settlements;

internal static class GetSettlements
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    public static void MapSettlements(this IEndpointRouteBuilder routes) =>
        routes.MapInternal().MapGet("/settlements", Handle).Rehearsed();

    /// <summary>What happened to money since the cursor; the ledger is its own journal.</summary>
    public static async Task<SettlementPage> Handle(
        string? after,
        int? limit,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        if (limit is < 1 or > MaxLimit)
            throw ProblemException.Invalid("limit", $"From 1 to {MaxLimit}.");
        var position = LedgerPosition.Decode(string.IsNullOrEmpty(after) ? null : after);
        await using var command = source.CreateCommand(
            $"""
            SELECT xid, id, kind, payment_id, order_id, amount, currency, at, reference FROM ledger_postings
            WHERE {LedgerSchema.Facts} AND (xid, id) > ($1, $2) AND {LedgerSchema.Complete}
            ORDER BY xid, id LIMIT $3
            """
        );
        command.Add(position.Xid, position.Id, limit ?? DefaultLimit);
        var rows = await command.ReadAsync(row => (Position: LedgerPosition.Read(row), Fact: Read(row)), ct);
        return new([.. rows.Select(r => r.Fact)], (rows.Count == 0 ? position : rows[^1].Position).ToString());
    }

    private static SettlementFact Read(NpgsqlDataReader row)
    {
        var reference = row.GetGuid(8) is var id && id != Guid.Empty ? id : (Guid?)null;
        var kind = Enum.Parse<LedgerKind>(row.GetString(2));
        var isRefund = kind is LedgerKind.RefundCompleted or LedgerKind.RefundedByDispute;
        return new(
            kind switch
            {
                _ when isRefund && reference is not null => SettlementKind.PartRefunded,
                LedgerKind.RefundCompleted or LedgerKind.RefundedByDispute => SettlementKind.Refunded,
                LedgerKind.Disputed => SettlementKind.Disputed,
                LedgerKind.DisputeWon => SettlementKind.DisputeWon,
                LedgerKind.DisputeLost => SettlementKind.DisputeLost,
                _ => SettlementKind.Settled,
            },
            row.GetGuid(3),
            row.GetGuid(4),
            new(row.GetInt64(5), row.GetString(6)),
            row.GetFieldValue<DateTimeOffset>(7),
            isRefund ? null : reference,
            isRefund ? reference : null
        );
    }
}
