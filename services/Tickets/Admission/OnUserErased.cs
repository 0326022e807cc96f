using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Tickets.Admission;

/// <summary>The person's tickets stay good but no longer carry a name, nor do their documents.</summary>
internal static class OnUserErased
{
    private const string Nobody = "–";

    public static Task Handle(UserErased message, TicketsDb db, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            WITH nameless AS (
                UPDATE tickets SET holder_name = {Nobody} WHERE owner_id = {message.UserId} AND holder_name <> {Nobody}
                RETURNING id)
            INSERT INTO stale_documents (ticket_id) SELECT id FROM nameless ORDER BY id
            ON CONFLICT (ticket_id) DO UPDATE SET due_at = now()
            """,
            ct
        );
}
