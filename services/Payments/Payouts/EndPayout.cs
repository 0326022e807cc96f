using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Ledger;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Payouts;

/// <summary>A person says what the bank did.</summary>
public static class EndPayout
{
    /// <summary>SQL: what ended, and that it is booked; of what is no longer open, nothing.</summary>
    private static string Paid(string column) =>
        $"""
            WITH ended AS (
                UPDATE payouts SET status = 'Paid', ended_at = $2, ended_by = $3
                WHERE {column} = $1 AND status = 'Created'
                RETURNING id, amount, currency)
            INSERT INTO ledger_postings ({LedgerPosting.Columns})
            {Payout.Posting(LedgerKind.PayoutPaid, "ended")}
            """;

    private static readonly string FailedNow = $"""
        WITH held AS (
            SELECT id, status FROM payouts WHERE id = $1 AND status <> 'Failed' FOR UPDATE),
        ended AS (
            UPDATE payouts SET status = 'Failed', ended_at = $2, ended_by = $3, failure_reason = $4
            FROM held WHERE payouts.id = held.id
            RETURNING payouts.id, amount, currency, held.status AS was)
        INSERT INTO ledger_postings ({LedgerPosting.Columns})
        {Payout.Posting(LedgerKind.PayoutReturned, "ended WHERE was = 'Paid'")}
        UNION ALL
        {Payout.Posting(LedgerKind.PayoutFailed, "ended WHERE was = 'Created'")}
        """;

    /// <param name="Reason">What the bank said; the organizer's team reads it.</param>
    public sealed record Failure([property: Required, StringLength(Payout.MaxReason, MinimumLength = 1)] string Reason);

    /// <summary>The organizer has the money. For platform administrators.</summary>
    /// <param name="id">The payout.</param>
    /// <response code="404">No such payout.</response>
    /// <response code="409">payout-failed: it failed before, and is part of the balance again.</response>
    internal static async Task<Ok<PayoutSnapshot>> IsPaid(
        Guid id,
        ClaimsPrincipal user,
        NpgsqlDataSource source,
        PayoutReader reader,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await EndAsync("id", id, user, source, clock, ct);
        var payout = await FindAsync(reader, id);
        return payout.Status is PayoutStatus.Paid
            ? TypedResults.Ok(payout)
            : throw ProblemException.Conflict("payout-failed", "It failed, and is part of the balance again.");
    }

    /// <summary>All payouts of the batch that are open are paid. For platform administrators.</summary>
    /// <param name="id">The batch.</param>
    /// <response code="404">No such batch.</response>
    internal static async Task<Ok<PayoutBatch.PayoutBatchView>> BatchIsPaid(
        Guid id,
        ClaimsPrincipal user,
        NpgsqlDataSource source,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await EndAsync("batch_id", id, user, source, clock, ct);
        return TypedResults.Ok(await PayoutBatch.FindAsync(source, id, CancellationToken.None));
    }

    /// <summary>The bank did not pay it, or it came back: it is part of the balance again. For platform administrators.</summary>
    /// <param name="id">The payout; also one that was paid.</param>
    /// <response code="404">No such payout.</response>
    internal static async Task<Ok<PayoutSnapshot>> HasFailed(
        Guid id,
        Failure request,
        ClaimsPrincipal user,
        NpgsqlDataSource source,
        PayoutReader reader,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await source.ExecuteAsync(FailedNow, ct, id, clock.GetUtcNow(), user.UserId(), request.Reason.Trim());
        return TypedResults.Ok(await FindAsync(reader, id));
    }

    private static Task EndAsync(
        string column,
        Guid id,
        ClaimsPrincipal user,
        NpgsqlDataSource source,
        TimeProvider clock,
        CancellationToken ct
    ) => source.ExecuteAsync(Paid(column), ct, id, clock.GetUtcNow(), user.UserId());

    private static async Task<PayoutSnapshot> FindAsync(PayoutReader reader, Guid id) =>
        await reader.ReadAsync("WHERE p.id = $1", CancellationToken.None, id) is [var found]
            ? found.Payout
            : throw ProblemException.NotFound("payout");
}
