using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Documents;

/// <summary>Deletes the PDFs of stale documents from the bucket, however long it was away.</summary>
internal sealed class DocumentSweeper(
    NpgsqlDataSource source,
    TicketDocuments documents,
    TimeProvider clock,
    ILogger<DocumentSweeper> logger
) : BackgroundLoop(clock, logger)
{
    private const int BatchSize = 100;
    private const int Parallelism = 4;

    /// <summary>Longer than a batch takes; what was not deleted is due again then.</summary>
    private const int ClaimSeconds = 30;

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(5);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        var (tickets, until) = await ClaimAsync(ct);
        if (tickets.Count == 0)
            return false;
        var gone = new System.Collections.Concurrent.ConcurrentBag<Guid>();
        try
        {
            await Parallel.ForEachAsync(
                tickets,
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct },
                async (ticket, token) =>
                {
                    await documents.DeleteAllAsync(ticket, token);
                    gone.Add(ticket);
                }
            );
        }
        finally
        {
            await ForgetAsync([.. gone], until);
        }
        return tickets.Count == BatchSize;
    }

    private async Task<(List<Guid> Tickets, DateTimeOffset Until)> ClaimAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"""
            UPDATE stale_documents SET due_at = now() + interval '{ClaimSeconds} seconds'
            WHERE ticket_id IN (
                SELECT ticket_id FROM stale_documents WHERE due_at <= now()
                ORDER BY due_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
            RETURNING ticket_id, due_at
            """
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (tickets, until) = (new List<Guid>(), default(DateTimeOffset));
        while (await reader.ReadAsync(ct))
        {
            tickets.Add(reader.GetGuid(0));
            until = reader.GetFieldValue<DateTimeOffset>(1);
        }
        return (tickets, until);
    }

    /// <summary>Not those that were made stale once more since the claim.</summary>
    private async Task ForgetAsync(Guid[] tickets, DateTimeOffset until)
    {
        await using var command = source.CreateCommand(
            "DELETE FROM stale_documents WHERE ticket_id = ANY($1) AND due_at = $2"
        );
        command.Add(tickets, until);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
