using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.Transfers;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>
/// The money stays: the door takes the order's tickets again, unless something else stands in their way. What was offered while
/// they were blocked stays withdrawn. Again is harmless.
/// </summary>
internal static class UnblockOrderTickets
{
    public static async Task<NoContent> Handle(Guid orderId, UnblockTickets request, TicketsDb db, CancellationToken ct)
    {
        if (request.Reason is not BlockReasons.PaymentDisputed)
            throw ProblemException.Invalid("reason", $"{BlockReasons.PaymentDisputed} is the only one.");
        await db.InTransactionAsync(token => UnblockAsync(db, orderId, request.Reason, token), ct);
        return TypedResults.NoContent();
    }

    private static async Task<int> UnblockAsync(TicketsDb db, Guid orderId, string reason, CancellationToken ct)
    {
        // In the order of block_tickets: the hold, then the tickets by their ids.
        await db.Database.ExecuteSqlAsync(
            $"UPDATE holds SET block_reason = NULL WHERE id = {orderId} AND block_reason = {reason}",
            ct
        );
        var tickets = await db
            .Tickets.FromSql(
                $"SELECT * FROM tickets WHERE order_id = {orderId} AND block_reason = {reason} ORDER BY id FOR NO KEY UPDATE"
            )
            .ToListAsync(ct);
        var ids = tickets.Select(t => t.Id).ToList();
        var offers = await db
            .Transfers.Where(t => ids.Contains(t.TicketId) && t.Status == TransferStatus.Offered)
            .Include(t => t.Ticket.Session.Event)
            .OrderBy(t => t.Id)
            .ToListAsync(ct);
        var now = await db.NowAsync(ct);
        foreach (var offer in offers)
            offer.Lapse(expired: false, now, db);
        foreach (var ticket in tickets)
            ticket.BlockReason = null;
        return tickets.Count;
    }
}
