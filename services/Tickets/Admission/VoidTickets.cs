using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.Documents;
using Ticketing.Tickets.Holds;

namespace Ticketing.Tickets.Admission;

/// <summary>The order is refunded: its tickets are void and the stock is on sale again. Final.</summary>
internal static class VoidTickets
{
    public static async Task<NoContent> Handle(
        Guid orderId,
        Contracts.VoidTickets request,
        TicketsDb db,
        TimeProvider time,
        CancellationToken ct
    )
    {
        await db.InTransactionAsync(token => VoidAsync(orderId, request.EvenIfUsed, db, time.GetUtcNow(), token), ct);
        return TypedResults.NoContent();
    }

    private static async Task<bool> VoidAsync(
        Guid orderId,
        bool evenIfUsed,
        TicketsDb db,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var hold = await db.LockHoldAsync(orderId, ct);
        if (hold is null or { Status: HoldStatus.Voided })
            return false;
        // Locked, so that nobody is admitted between the look and the end.
        var tickets = await db
            .Tickets.FromSql($"SELECT * FROM tickets WHERE order_id = {orderId} ORDER BY id FOR UPDATE")
            .ToListAsync(ct);
        if (!evenIfUsed && tickets.Any(t => t.Status == TicketStatus.Used))
            throw ProblemException.Conflict("ticket-used", "A ticket of the order was used.");
        foreach (var ticket in tickets)
        {
            ticket.Status = TicketStatus.Voided;
            db.Publish(new TicketVoided(ticket.Id, orderId, ticket.SessionId, now));
        }
        await db.SaveChangesAsync(ct);
        await db.MarkDocumentsStaleAsync(tickets.Select(t => t.Id), ct);
        if (hold.Status is HoldStatus.Held or HoldStatus.Ordered or HoldStatus.Committed)
            await db.ReturnStockAsync(hold, await db.ItemsOfAsync(orderId, ct), ct);
        hold.Status = HoldStatus.Voided;
        return true;
    }
}
