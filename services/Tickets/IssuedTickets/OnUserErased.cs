using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>The person's tickets stay good but no longer carry a name, nor do their documents.</summary>
internal static class OnUserErased
{
    private const string Nobody = "–";

    public static Task Handle(UserErased message, TicketsDb db, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            -- By id, as everybody locks tickets.
            WITH nameless AS (
                UPDATE tickets t SET holder_name = {Nobody}
                FROM (SELECT id FROM tickets WHERE owner_id = {message.UserId} AND holder_name <> {Nobody}
                    ORDER BY id FOR NO KEY UPDATE) o
                WHERE t.id = o.id RETURNING t.id)
            INSERT INTO stale_documents (ticket_id) SELECT id FROM nameless ORDER BY id
            ON CONFLICT (ticket_id) DO UPDATE SET due_at = now()
            """,
            ct
        );
}
