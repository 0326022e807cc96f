using Microsoft.EntityFrameworkCore;

namespace Ticketing.Tickets.Documents;

/// <summary>
/// A ticket whose PDFs in the bucket have to go: it was voided, passed on, or its holder erased. Written by the statement
/// that made them stale.
/// </summary>
internal sealed class StaleDocument
{
    public required Guid TicketId { get; init; }
    public DateTimeOffset DueAt { get; init; }
}

internal static class StaleDocuments
{
    public static Task MarkStaleAsync(this TicketsDb db, Guid ticketId, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"INSERT INTO stale_documents (ticket_id) VALUES ({ticketId}) ON CONFLICT (ticket_id) DO UPDATE SET due_at = now()",
            ct
        );
}
