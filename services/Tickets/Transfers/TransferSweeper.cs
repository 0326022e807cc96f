using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Transfers;

/// <summary>
/// Ends offers whose time is over or whose ticket is worth nothing any more, so that who waits is told. What an offer is worth
/// does not wait for this: <see cref="Transfer.StatusAt"/> says it at any time.
/// </summary>
internal sealed class TransferSweeper(IServiceScopeFactory scopes, TimeProvider clock, ILogger<TransferSweeper> logger)
    : BackgroundLoop(clock, logger)
{
    private const int BatchSize = 50;

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(10);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TicketsDb>();
        var now = await db.NowAsync(ct);
        var due = await db
            .Transfers.AsNoTracking()
            .Where(t => t.Status == TransferStatus.Offered && t.DueAt <= now)
            .OrderBy(t => t.DueAt)
            .Take(BatchSize)
            .Select(t => new { t.Id, t.TicketId })
            .ToListAsync(ct);
        foreach (var transfer in due)
            await db.InTransactionAsync(token => LookAsync(db, transfer.TicketId, transfer.Id, token), ct);
        return due.Count == BatchSize;
    }

    /// <summary>Under the ticket's lock: two replicas that look at once take turns, and the second finds it done.</summary>
    private static async Task<bool> LookAsync(TicketsDb db, Guid ticketId, Guid id, CancellationToken ct)
    {
        await db.LockTicketAsync(ticketId, ct);
        var transfer = await db.Transfers.SingleOrDefaultAsync(t => t.Id == id, ct);
        if (transfer?.Status is not TransferStatus.Offered)
            return false;
        var now = await db.NowAsync(ct);
        switch (transfer.StatusAt(now))
        {
            case TransferStatus.Offered:
                // The session moved to a later time.
                transfer.DueAt = transfer.OpenUntil;
                break;
            case var status:
                transfer.Lapse(status is TransferStatus.Expired, now, db);
                break;
        }
        return true;
    }
}
