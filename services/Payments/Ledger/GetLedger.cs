using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Ledger;

internal static class GetLedger
{
    /// <summary>A posting: the same amount debited to one account and credited to another.</summary>
    /// <param name="Amount">Minor units.</param>
    public sealed record Posting(
        LedgerKind Kind,
        Guid PaymentId,
        Guid OrderId,
        LedgerAccount Debit,
        LedgerAccount Credit,
        long Amount,
        string Currency,
        DateTimeOffset At
    );

    /// <param name="Amount">Minor units; debits less credits.</param>
    public sealed record Balance(LedgerAccount Account, string Currency, long Amount);

    public sealed record BalancesResponse(IReadOnlyList<Balance> Items);

    /// <summary>The ledger's postings, oldest first. For platform administrators.</summary>
    /// <param name="orderId">Only this order's.</param>
    public static async Task<Ok<Page<Posting>>> Postings(
        Guid? orderId,
        [AsParameters] PageQuery page,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        var after = LedgerPosition.Decode(page.After());
        await using var command = source.CreateCommand(
            $"""
            SELECT xid, id, kind, payment_id, order_id, debit, credit, amount, currency, at FROM ledger_postings
            WHERE (xid, id) > ($1, $2) {(orderId is null ? "" : "AND order_id = $4")}
            ORDER BY xid, id LIMIT $3
            """
        );
        command.Add(after.Xid, after.Id, page.Take() + 1);
        if (orderId is { } order)
            command.Add(order);
        var rows = await command.ReadAsync(row => (LedgerPosition.Read(row), Read(row)), ct);
        var found = Page.Of(rows, page.Take(), r => r.Item1.ToString());
        return TypedResults.Ok(new Page<Posting>([.. found.Items.Select(r => r.Item2)], found.Next));
    }

    private static Posting Read(NpgsqlDataReader row) =>
        new(
            Enum.Parse<LedgerKind>(row.GetString(2)),
            row.GetGuid(3),
            row.GetGuid(4),
            Enum.Parse<LedgerAccount>(row.GetString(5)),
            Enum.Parse<LedgerAccount>(row.GetString(6)),
            row.GetInt64(7),
            row.GetString(8),
            row.GetFieldValue<DateTimeOffset>(9)
        );

    /// <summary>What each account holds; all accounts of a currency add up to zero. For platform administrators.</summary>
    public static async Task<Ok<BalancesResponse>> Balances(NpgsqlDataSource source, CancellationToken ct)
    {
        // The sums up to the last closing and the postings since, as of one moment.
        await using var command = source.CreateCommand(
            """
            SELECT account, currency, sum(amount)::bigint FROM (
                SELECT account, currency, amount FROM ledger_balances
                UNION ALL
                SELECT account, currency, amount FROM ledger_entries
                WHERE (xid, id) > (SELECT xid, id FROM ledger_closed)) entries
            GROUP BY account, currency
            ORDER BY currency, account
            """
        );
        var balances = await command.ReadAsync(
            row => new Balance(Enum.Parse<LedgerAccount>(row.GetString(0)), row.GetString(1), row.GetInt64(2)),
            ct
        );
        return TypedResults.Ok(new BalancesResponse(balances));
    }
}

/// <summary>Where a reader of the ledger is.</summary>
internal readonly record struct LedgerPosition(ulong Xid, long Id)
{
    public static LedgerPosition Read(NpgsqlDataReader row) => new(row.GetFieldValue<ulong>(0), row.GetInt64(1));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Xid}.{Id}");

    /// <param name="text">What <see cref="ToString"/> wrote; null is before the first posting.</param>
    public static LedgerPosition Decode(string? text) =>
        text is null ? default
        : text.Split('.') is [var xid, var id]
        && ulong.TryParse(xid, NumberStyles.None, CultureInfo.InvariantCulture, out var x)
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            ? new(x, n)
        : throw Cursor.Bad();
}
