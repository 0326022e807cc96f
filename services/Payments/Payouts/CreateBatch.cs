using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Payments.Ledger;
using Ticketing.Payments.Providers.PixApi;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Payouts;

internal static class CreateBatch
{
    /// <summary>What a person can look through; the rest comes with the next batch.</summary>
    private const int MaxPayouts = 1000;

    private static readonly string Due = $"""
        {Balances.Money(null)}
        SELECT m.organizer_id, m.currency, m.event_id, m.unpaid, a.id
        FROM (
            SELECT *, sum(unpaid) OVER (PARTITION BY organizer_id, currency) AS total
            FROM money WHERE is_due AND unpaid <> 0 OR unpaid < 0) m
        LEFT JOIN LATERAL (
            SELECT * FROM payout_accounts WHERE organizer_id = m.organizer_id ORDER BY id DESC LIMIT 1) a
            ON a.usable_from <= now() AND CASE m.currency WHEN '{PixAmount.Currency}' THEN a.takes_pix ELSE a.takes_iban END
        WHERE m.total >= $2
        ORDER BY m.organizer_id, m.currency, m.event_id
        """;

    /// <summary>The batch, its payouts, what they are of, and that it is booked.</summary>
    private static readonly string Write = $"""
        WITH batch AS (
            INSERT INTO payout_batches (id, created_at, created_by, left_out) VALUES ($1, $2, $3, $4)),
        made AS (
            INSERT INTO payouts (id, batch_id, organizer_id, account_id, amount, currency, status, created_at)
            SELECT p.id, $1, p.organizer_id, p.account_id, p.amount, p.currency, 'Created', $2
            FROM unnest($5, $6, $7, $8, $9) AS p (id, organizer_id, account_id, amount, currency)
            RETURNING id, amount, currency),
        items AS (
            INSERT INTO payout_items (payout_id, event_id, amount)
            SELECT * FROM unnest($10, $11, $12))
        INSERT INTO ledger_postings ({LedgerPosting.Columns})
        {Payout.Posting(LedgerKind.PayoutCreated, "made")}
        """;

    private sealed record Line(Guid OrganizerId, string Currency, Guid EventId, long Unpaid, Guid? AccountId);

    /// <summary>Makes payouts of all that is due to organizers now. For platform administrators.</summary>
    /// <remarks>
    /// Of events whose last session has been over for the configured days: what buyers paid less fees, refunds and chargebacks, less
    /// what banks withhold, less what was paid out before; what other events of the organizer are short of is taken off. A payout an
    /// organizer and currency, to the account that its owner named; who named none, or changed it in the last days, is left out.
    /// At most 1000: what is left comes with the next batch. Nothing is paid twice, also when two make a batch at once.
    /// </remarks>
    /// <response code="409">nothing-to-pay-out, with <c>leftOut</c>.</response>
    public static async Task<Created<PayoutBatch.PayoutBatchView>> Handle(
        ClaimsPrincipal user,
        NpgsqlDataSource source,
        IOptions<PaymentsOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow().ToStored();
        var id = Guid.CreateVersion7(now);
        await using (var connection = await source.OpenConnectionAsync(ct))
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await MakeAsync(connection, id, now, user.UserId(), options.Value.Payouts, ct);
            await transaction.CommitAsync(CancellationToken.None);
        }
        var batch = await PayoutBatch.FindAsync(source, id, CancellationToken.None);
        return TypedResults.Created($"{PayoutRoutes.Batches}/{id}", batch);
    }

    private static async Task MakeAsync(
        NpgsqlConnection connection,
        Guid id,
        DateTimeOffset now,
        Guid by,
        PayoutOptions options,
        CancellationToken ct
    )
    {
        // One batch at a time: the next one's statement sees what this one took.
        await ExecuteAsync(connection, "LOCK TABLE payout_batches IN SHARE ROW EXCLUSIVE MODE", ct);
        var due = (await DueAsync(connection, options, ct))
            .GroupBy(l => (l.OrganizerId, l.Currency))
            .ToLookup(p => p.First().AccountId is not null, p => (Id: Guid.CreateVersion7(now), Lines: p.ToList()));
        var leftOut = due[false].Select(p => p.Lines[0].OrganizerId).Distinct().Count();
        var payouts = due[true].Take(MaxPayouts).ToList();
        if (payouts.Count == 0)
            throw new ProblemException(
                StatusCodes.Status409Conflict,
                "nothing-to-pay-out",
                "Nothing is due that could be paid."
            )
            {
                Extensions = new Dictionary<string, object?> { ["leftOut"] = leftOut },
            };
        var items = payouts.SelectMany(p => p.Lines.Select(l => (p.Id, Line: l))).ToList();
        await ExecuteAsync(
            connection,
            Write,
            ct,
            id,
            now,
            by,
            leftOut,
            payouts.Select(p => p.Id).ToArray(),
            payouts.Select(p => p.Lines[0].OrganizerId).ToArray(),
            payouts.Select(p => p.Lines[0].AccountId!.Value).ToArray(),
            payouts.Select(p => p.Lines.Sum(l => l.Unpaid)).ToArray(),
            payouts.Select(p => p.Lines[0].Currency).ToArray(),
            items.Select(i => i.Id).ToArray(),
            items.Select(i => i.Line.EventId).ToArray(),
            items.Select(i => i.Line.Unpaid).ToArray()
        );
    }

    private static async Task<List<Line>> DueAsync(
        NpgsqlConnection connection,
        PayoutOptions options,
        CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(Due, connection);
        command.Add(options.DaysAfterEvent, options.Minimum);
        return await command.ReadAsync(
            row => new Line(row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetInt64(3), row.Nullable<Guid>(4)),
            ct
        );
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken ct,
        params SqlValue[] values
    )
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.Add(values).ExecuteNonQueryAsync(ct);
    }
}
