using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Ledger;

internal static class GetLedger
{
    /// <summary>One side of a ledger transaction.</summary>
    /// <param name="Amount">Minor units; debits are positive, credits negative.</param>
    public sealed record Entry(
        Guid Id,
        Guid TransactionId,
        LedgerKind Kind,
        Guid PaymentId,
        Guid OrderId,
        LedgerAccount Account,
        long Amount,
        string Currency,
        DateTimeOffset At
    );

    /// <param name="Amount">Minor units; debits less credits.</param>
    public sealed record Balance(LedgerAccount Account, string Currency, long Amount);

    public sealed record BalancesResponse(IReadOnlyList<Balance> Items);

    /// <summary>The ledger's entries, oldest first. For platform administrators.</summary>
    /// <param name="orderId">Only this order's.</param>
    public static async Task<Ok<Page<Entry>>> Entries(
        Guid? orderId,
        [AsParameters] PageQuery page,
        PaymentsDb db,
        CancellationToken ct
    )
    {
        var entries = db.LedgerEntries.AsNoTracking();
        if (orderId is { } order)
            entries = entries.Where(e => e.OrderId == order);
        if (page.Cursor is { } cursor)
        {
            var after = Cursor.DecodeId(cursor);
            entries = entries.Where(e => e.Id > after);
        }
        var rows = await entries
            .Join(
                db.LedgerTransactions,
                entry => entry.TransactionId,
                transaction => transaction.Id,
                (entry, transaction) => new { entry, transaction }
            )
            .OrderBy(row => row.entry.Id)
            .Take(page.Take() + 1)
            .Select(row => new Entry(
                row.entry.Id,
                row.transaction.Id,
                row.transaction.Kind,
                row.transaction.PaymentId,
                row.transaction.OrderId,
                row.entry.Account,
                row.entry.Amount,
                row.entry.Currency,
                row.transaction.At
            ))
            .ToListAsync(ct);
        return TypedResults.Ok(Page.Of(rows, page.Take(), e => e.Id.ToString()));
    }

    /// <summary>What each account holds; all accounts of a currency add up to zero. For platform administrators.</summary>
    public static async Task<Ok<BalancesResponse>> Balances(PaymentsDb db, CancellationToken ct)
    {
        var balances = await db
            .LedgerEntries.GroupBy(e => new { e.Currency, e.Account })
            .OrderBy(g => g.Key.Currency)
            .ThenBy(g => g.Key.Account)
            .Select(g => new Balance(g.Key.Account, g.Key.Currency, g.Sum(e => e.Amount)))
            .ToListAsync(ct);
        return TypedResults.Ok(new BalancesResponse(balances));
    }
}
