using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Ledger;

internal static class Reconcile
{
    private const int BatchSize = 200;
    private const int MaxDifferences = 1_000;

    /// <summary>A day, also one in which clocks go back.</summary>
    public static readonly TimeSpan MaxSpan = TimeSpan.FromHours(25);

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public enum DifferenceKind
    {
        /// <summary>The provider has money of no payment of ours.</summary>
        UnknownPayment,

        /// <summary>The provider has money of a payment that our books do not have.</summary>
        NotBooked,

        /// <summary>Our books have money that the provider does not list.</summary>
        NotListed,

        /// <summary>Not the same amount of the same payment.</summary>
        AmountDiffers,

        /// <summary>Not as much was given back of the same payment.</summary>
        RefundDiffers,
    }

    /// <summary>A thing to look into.</summary>
    /// <param name="SettlementId">The provider's id of the money.</param>
    /// <param name="Listed">At the provider; of refunds, what was given back.</param>
    /// <param name="Booked">In our books; of refunds, what was given back.</param>
    /// <param name="At">When the money came.</param>
    public sealed record Difference(
        DifferenceKind Kind,
        string? SettlementId,
        Guid? PaymentId,
        Guid? OrderId,
        Money? Listed,
        Money? Booked,
        DateTimeOffset At
    );

    /// <summary>What came, by currency.</summary>
    /// <param name="Count">How many times.</param>
    /// <param name="Amount">Minor units.</param>
    /// <param name="Refunded">Minor units that were given back of it until now.</param>
    public sealed record Total(string Currency, long Count, long Amount, long Refunded);

    /// <param name="Listed">By the provider.</param>
    /// <param name="Booked">In our ledger, of what settled orders' payments; what came beside is not in it.</param>
    /// <param name="HasMore">There are more differences than are told.</param>
    public sealed record ReconciliationReport(
        string Provider,
        DateTimeOffset From,
        DateTimeOffset Until,
        IReadOnlyList<Total> Listed,
        IReadOnlyList<Total> Booked,
        IReadOnlyList<Difference> Differences,
        bool HasMore
    );

    private sealed record BookedPayment(
        Guid Id,
        Guid OrderId,
        string Currency,
        string? SettlementId,
        DateTimeOffset? SettledAt,
        bool IsRefunding,
        long Settled,
        long Refunded,
        long Beside
    );

    /// <summary>The money that came by a provider in a day, by its own list and by our ledger. For platform administrators.</summary>
    /// <remarks>
    /// Asks the provider, page by page: of a day with a big on-sale ask hour by hour. What came in the last minutes may be on its way
    /// to us: end an hour ago. Amounts in minor units. 503 <c>payment-provider-unavailable</c>: it did not answer; ask again.
    /// </remarks>
    /// <param name="provider">The provider's name: <c>pix-api</c> or <c>stripe</c>.</param>
    /// <param name="from">What came from then on, to the second.</param>
    /// <param name="until">And before then; at most 25 hours later.</param>
    public static async Task<Ok<ReconciliationReport>> Handle(
        [Required, MaxLength(20)] string provider,
        DateTimeOffset from,
        DateTimeOffset until,
        ProviderDirectory providers,
        NpgsqlDataSource source,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (providers.Find(provider) is not { } asked)
            throw ProblemException.Invalid("provider", "Not one of this installation.");
        // Providers know seconds.
        (from, until) = (Whole(from), Whole(until));
        if (from < Earliest || until > clock.GetUtcNow().AddDays(1))
            throw ProblemException.Invalid("from", "No time in which anything was sold.");
        if (until <= from || until - from > MaxSpan)
            throw ProblemException.Invalid("until", $"After from, at most {MaxSpan.TotalHours} hours.");
        try
        {
            return TypedResults.Ok(await CompareAsync(asked, from, until, source, ct));
        }
        catch (ProviderUnavailableException e)
        {
            throw OpenPayment.Unavailable(e);
        }
    }

    /// <param name="from">To the second, as <paramref name="until"/>.</param>
    public static async Task<ReconciliationReport> CompareAsync(
        IPaymentProvider provider,
        DateTimeOffset from,
        DateTimeOffset until,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        var comparison = new Comparison();
        await foreach (var batch in provider.ListReceiptsAsync(from, until, ct).Chunk(BatchSize).WithCancellation(ct))
        {
            var payments = await OfAsync(provider.Name, batch, source, ct);
            foreach (var (receipt, payment) in batch.Zip(payments))
                comparison.Add(receipt, payment);
        }
        foreach (var payment in await SettledAsync(provider.Name, from, until, source, ct))
            comparison.Add(payment);
        return comparison.Report(provider.Name, from, until);
    }

    public static DateTimeOffset Whole(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private const string Columns = """
        p.id, p.order_id, p.currency, p.settlement_id, p.settled_at,
            p.refund_started_at IS NOT NULL AND p.refunded_at IS NULL, l.settled, l.refunded, l.beside
        """;

    private const string Postings = """
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount) FILTER (WHERE kind IN ('Settled', 'SettledLate')), 0)::bigint AS settled,
                coalesce(sum(amount) FILTER (WHERE kind = 'RefundCompleted'), 0)::bigint AS refunded,
                coalesce(sum(amount) FILTER (WHERE kind = 'AmountRefused'), 0)::bigint AS beside
            FROM ledger_postings WHERE order_id = p.order_id AND payment_id = p.id) l
        """;

    private static BookedPayment Read(NpgsqlDataReader row) =>
        new(
            row.GetGuid(0),
            row.GetGuid(1),
            row.GetString(2),
            row.IsDBNull(3) ? null : row.GetString(3),
            row.Nullable<DateTimeOffset>(4),
            row.GetBoolean(5),
            row.GetInt64(6),
            row.GetInt64(7),
            row.GetInt64(8)
        );

    /// <summary>Whose each is, in the same order; null: nobody's.</summary>
    private static async Task<IReadOnlyList<BookedPayment?>> OfAsync(
        string provider,
        Receipt[] receipts,
        NpgsqlDataSource source,
        CancellationToken ct
    ) =>
        await source.AllAsync(
            $"""
            SELECT found.* FROM unnest($2, $3, $4) WITH ORDINALITY AS r (payment_id, order_id, attempt, n)
            LEFT JOIN LATERAL (
                SELECT {Columns} FROM payments p {Postings}
                WHERE p.provider = $1 AND p.id = coalesce(
                    (SELECT named.id FROM payments named WHERE named.order_id = r.order_id AND named.attempt = r.attempt),
                    r.payment_id)) found ON true
            ORDER BY r.n
            """,
            row => row.IsDBNull(0) ? null : Read(row),
            ct,
            provider,
            receipts.Select(r => r.PaymentId).ToArray(),
            receipts.Select(r => r.OrderId).ToArray(),
            receipts.Select(r => r.Attempt).ToArray()
        );

    private static Task<List<BookedPayment>> SettledAsync(
        string provider,
        DateTimeOffset from,
        DateTimeOffset until,
        NpgsqlDataSource source,
        CancellationToken ct
    ) =>
        source.AllAsync(
            $"""
            SELECT {Columns} FROM payments p {Postings}
            WHERE p.settled_at >= $2 AND p.settled_at < $3 AND p.provider = $1 AND l.settled > 0
            ORDER BY p.settled_at, p.id
            """,
            Read,
            ct,
            provider,
            from,
            until
        );

    /// <summary>What is listed, each against its payment; then what is booked, against what was listed.</summary>
    private sealed class Comparison
    {
        private readonly HashSet<Guid> met = [];
        private readonly Dictionary<Guid, long> beside = [];
        private readonly SortedDictionary<string, Total> listed = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, Total> booked = new(StringComparer.Ordinal);
        private readonly List<Difference> differences = [];
        private bool hasMore;

        public void Add(Receipt receipt, BookedPayment? payment)
        {
            Count(listed, receipt.Amount, receipt.Refunded);
            if (payment is null)
                Differ(DifferenceKind.UnknownPayment, receipt, null, receipt.Amount, null);
            else if (payment.Settled > 0 && payment.SettlementId == receipt.Id)
                Compare(receipt, payment);
            else
            {
                // Another amount, or paid twice: it lies in suspense, all of a payment together.
                var came = beside.GetValueOrDefault(payment.Id) + receipt.Amount.Amount;
                beside[payment.Id] = came;
                if (came > payment.Beside || payment.Currency != receipt.Amount.Currency)
                    Differ(DifferenceKind.NotBooked, receipt, payment, receipt.Amount, null);
            }
        }

        private void Compare(Receipt receipt, BookedPayment payment)
        {
            met.Add(payment.Id);
            var settled = new Money(payment.Settled, payment.Currency);
            if (receipt.Amount != settled)
                Differ(DifferenceKind.AmountDiffers, receipt, payment, receipt.Amount, settled);
            if (receipt.Refunded != payment.Refunded && !payment.IsRefunding)
                Differ(
                    DifferenceKind.RefundDiffers,
                    receipt,
                    payment,
                    new(receipt.Refunded, receipt.Amount.Currency),
                    new(payment.Refunded, payment.Currency)
                );
        }

        public void Add(BookedPayment payment)
        {
            var settled = new Money(payment.Settled, payment.Currency);
            Count(booked, settled, payment.Refunded);
            if (!met.Contains(payment.Id))
                Differ(
                    new(
                        DifferenceKind.NotListed,
                        payment.SettlementId,
                        payment.Id,
                        payment.OrderId,
                        null,
                        settled,
                        payment.SettledAt!.Value
                    )
                );
        }

        public ReconciliationReport Report(string provider, DateTimeOffset from, DateTimeOffset until) =>
            new(provider, from, until, [.. listed.Values], [.. booked.Values], differences, hasMore);

        private static void Count(SortedDictionary<string, Total> totals, Money amount, long refunded)
        {
            var total = totals.GetValueOrDefault(amount.Currency) ?? new(amount.Currency, 0, 0, 0);
            totals[amount.Currency] = total with
            {
                Count = total.Count + 1,
                Amount = total.Amount + amount.Amount,
                Refunded = total.Refunded + refunded,
            };
        }

        private void Differ(
            DifferenceKind kind,
            Receipt receipt,
            BookedPayment? payment,
            Money? atProvider,
            Money? inBooks
        ) => Differ(new(kind, receipt.Id, payment?.Id, payment?.OrderId, atProvider, inBooks, receipt.At));

        private void Differ(Difference difference)
        {
            if (differences.Count < MaxDifferences)
                differences.Add(difference);
            else
                hasMore = true;
        }
    }
}
