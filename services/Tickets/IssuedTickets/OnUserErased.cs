using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Tickets.Documents;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>The person's tickets stay good but no longer carry a name, nor do their documents.</summary>
internal static class OnUserErased
{
    private const string Nobody = "–";

    public static async Task Handle(UserErased message, TicketsDb db, TicketDocuments documents, CancellationToken ct)
    {
        var tickets = await db
            .Tickets.AsNoTracking()
            .Include(t => t.Session.Event)
            .Where(t => t.OwnerId == message.UserId)
            .ToListAsync(ct);
        // By id, as everybody locks tickets.
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE tickets t SET holder_name = {Nobody}
            FROM (SELECT id FROM tickets WHERE owner_id = {message.UserId} ORDER BY id FOR NO KEY UPDATE) o
            WHERE t.id = o.id
            """,
            ct
        );
        foreach (var ticket in tickets)
            await documents.DeleteAsync(ticket, ct);
    }
}
