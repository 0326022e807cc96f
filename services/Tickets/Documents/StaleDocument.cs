using Microsoft.EntityFrameworkCore;

namespace Ticketing.Tickets.Documents;

/// <summary>A ticket whose PDFs in the bucket have to go: it was voided, passed on, or its holder erased.</summary>
internal sealed class StaleDocument
{
    public required Guid TicketId { get; init; }
    public DateTimeOffset DueAt { get; init; }
}

internal static class StaleDocuments
{
    /// <summary>Call in the transaction of what made them stale.</summary>
    public static Task<int> MarkDocumentsStaleAsync(
        this TicketsDb db,
        IEnumerable<Guid> ticketIds,
        CancellationToken ct
    ) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO stale_documents (ticket_id) SELECT id FROM unnest({ticketIds.ToArray()}) id ORDER BY id
            ON CONFLICT (ticket_id) DO UPDATE SET due_at = now()
            """,
            ct
        );
}
