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
