using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Payouts;

internal static class ListPayouts
{
    /// <summary>Payouts to organizers, newest first. For platform administrators.</summary>
    /// <param name="batchId">Only of this batch.</param>
    public static async Task<Ok<Page<PayoutSnapshot>>> Handle(
        Guid? batchId,
        [AsParameters] PageQuery page,
        PayoutReader reader,
        CancellationToken ct
    ) =>
        TypedResults.Ok(
            batchId is { } batch
                ? await reader.PageAsync("p.batch_id = $1", page, ct, batch)
                : await reader.PageAsync("true", page, ct)
        );

    public static async Task<Ok<Page<PayoutSnapshot>>> OfOrganizer(
        Guid organizerId,
        [AsParameters] PageQuery page,
        PayoutReader reader,
        CancellationToken ct
    ) => TypedResults.Ok(await reader.PageAsync("p.organizer_id = $1", page, ct, organizerId));

    /// <summary>Batches of payouts, newest first. For platform administrators.</summary>
    public static async Task<Ok<Page<PayoutBatch.PayoutBatchView>>> Batches(
        [AsParameters] PageQuery page,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        var rows = await PayoutBatch.ReadAsync(
            source,
            "WHERE ($1::uuid IS NULL OR b.id < $1) ORDER BY b.id DESC LIMIT $2",
            ct,
            page.AfterId(),
            page.Take() + 1
        );
        return TypedResults.Ok(Page.Of(rows, page.Take(), b => b.Id.ToString()));
    }

    /// <summary>A batch of payouts. For platform administrators.</summary>
    /// <param name="id">The batch.</param>
    /// <response code="404">No such batch.</response>
    public static async Task<Ok<PayoutBatch.PayoutBatchView>> Batch(
        Guid id,
        NpgsqlDataSource source,
        CancellationToken ct
    ) => TypedResults.Ok(await PayoutBatch.FindAsync(source, id, ct));
}
