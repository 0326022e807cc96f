using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CsCheck;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Webhooks;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

public sealed class LedgerTests(PaymentsApp app)
{
    private const int MaxAttempts = 3;

    private enum Step
    {
        Pix,
        ApprovedCard,
        DeclinedCard,
        Challenge,
        Pay,
        PayLate,
        Approve,
        FailChallenge,
        Close,
        Refund,
        RefundPart,
        RefundRest,
        Dispute,
        Win,
        Lose,
    }

    private static readonly Gen<Step[]> Sequences = Gen.Enum<Step>().Array[1, 12];

    /// <summary>
    /// Whatever happens to an order, in whatever order and at once: the receivable is what is open less what is on its
    /// way back, the provider holds what was settled and not given back, and after the end the receivable is zero.
    /// </summary>
    [Fact]
    public async Task The_books_are_right_whatever_happens() =>
        await Sequences.SampleAsync(
            async steps =>
            {
                var order = Guid.CreateVersion7();
                // In pairs at once: races are part of whatever happens.
                foreach (var pair in steps.Chunk(2))
                    await Task.WhenAll(pair.Select((step, n) => RunAsync(order, step, n)));
                await app.CloseAsync(order);

                await Eventually.TrueAsync(async () =>
                {
                    await AskAgainAsync(order);
                    return await AllTheMoneyIsKnownAsync(order);
                });
                await CheckAsync(order);
            },
            iter: 40,
            threads: 4
        );

    /// <summary>What a busy provider did not answer in time is asked again in an hour here: now.</summary>
    private Task AskAgainAsync(Guid order) =>
        app.ExecuteAsync(
            $"""
            UPDATE received_webhooks w SET next_check_at = now() FROM payments p
            WHERE p.order_id = $1 AND w.next_check_at > now() + interval '1 minute' AND {Webhook.NamesPayment}
            """,
            order
        );

    private async Task RunAsync(Guid order, Step step, int n)
    {
        var attempt = 1 + (int)await app.ScalarAsync("SELECT count(*) FROM payments WHERE order_id = $1", order);
        switch (step)
        {
            case Step.Pix when attempt <= MaxAttempts:
                using (await app.SendAsync(PaymentsApp.Pix(order, attempt))) { }
                break;
            case Step.ApprovedCard or Step.DeclinedCard or Step.Challenge when attempt <= MaxAttempts:
                using (await app.SendAsync(PaymentsApp.Card(order, TokenOf(step), attempt))) { }
                break;
            case Step.Pay or Step.PayLate:
                for (var i = 1; i < attempt; i++)
                    using (
                        await app.Sandbox.PostAsJsonAsync(
                            $"/sandbox/pix/{order:N}{i:00}/pay",
                            new { late = step == Step.PayLate }
                        )
                    ) { }
                break;
            case Step.Approve or Step.FailChallenge when attempt > 1:
                if ((await app.LatestAsync(order)).Card?.ChallengeUrl is { } url)
                    using (
                        await app.Sandbox.PostAsync(
                            new Uri(url).AbsolutePath + (step == Step.Approve ? "/approve" : "/fail"),
                            null
                        )
                    ) { }
                break;
            case Step.Close:
                await app.CloseAsync(order);
                break;
            case Step.Refund:
                using (await app.SendRefundAsync(order, $"{order}-{n}-{attempt}")) { }
                break;
            case Step.RefundPart or Step.RefundRest when attempt > 1:
                var part = step == Step.RefundPart ? 3_333 : long.MaxValue;
                var latest = await app.LatestAsync(order);
                using (await app.SendPartAsync(latest, Guid.CreateVersion7(), part, fee: 500)) { }
                break;
            case Step.Dispute when attempt > 1:
                if (await app.LatestAsync(order) is { Status: PaymentStatus.Settled } settled)
                    using (await app.Sandbox.PostAsync(await app.DisputePathAsync(settled), null)) { }
                break;
            case Step.Win or Step.Lose when attempt > 1:
                if (await app.LatestAsync(order) is { Status: PaymentStatus.Settled } contested)
                    using (
                        await app.Sandbox.PostAsync(
                            $"{await app.DisputePathAsync(contested)}/{(step == Step.Win ? "win" : "lose")}",
                            null
                        )
                    ) { }
                break;
            default:
                break;
        }
    }

    private static string TokenOf(Step step) =>
        step switch
        {
            Step.ApprovedCard => "tok_approve",
            Step.DeclinedCard => "tok_decline",
            _ => "tok_3ds",
        };

    /// <summary>Every payment that the provider has money for is settled here, and every dispute is known as it stands there.</summary>
    private async Task<bool> AllTheMoneyIsKnownAsync(Guid order)
    {
        var paid = await app.SandboxScalarAsync(
            """
            WITH pix AS (SELECT end_to_end_id FROM pix_received WHERE tx_id LIKE $1 || '%'),
            med AS (
                SELECT status FROM refunds WHERE nature = 'MED_FRAUDE' AND charge IN (SELECT end_to_end_id FROM pix)),
            cards AS (SELECT status, dispute_status FROM card_charges WHERE reference = ANY($2))
            SELECT (SELECT count(*) FROM pix)
                + (SELECT count(*) FILTER (WHERE status = 'Settled')
                    + 1000 * count(*) FILTER (WHERE dispute_status IN ('needs_response', 'under_review'))
                    + 1000000 * count(*) FILTER (WHERE dispute_status = 'won')
                    + 1000000000 * count(*) FILTER (WHERE dispute_status = 'lost') FROM cards)
                + (SELECT 1000 * count(*) FILTER (WHERE status = 'Pending')
                    + 1000000 * count(*) FILTER (WHERE status = 'Failed')
                    + 1000000000 * count(*) FILTER (WHERE status = 'Completed') FROM med)
            """,
            order.ToString("N"),
            await app.PaymentIdsAsync(order)
        );
        var known = await app.ScalarAsync(
            """
            SELECT (SELECT count(*) FROM payments WHERE order_id = $1 AND status IN ('Settled', 'Refunded'))
                + (SELECT 1000 * count(*) FILTER (WHERE closed_at IS NULL) + 1000000 * count(*) FILTER (WHERE state = 'Won')
                    + 1000000000 * count(*) FILTER (WHERE state = 'Lost')
                FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.order_id = $1)
            """,
            order
        );
        return paid == known;
    }

    private async Task CheckAsync(Guid order)
    {
        // A refund that a dispute holds up is owed still.
        const string open =
            "(SELECT coalesce(sum(withheld), 0) FROM disputes d WHERE d.payment_id = p.id AND closed_at IS NULL)";
        const string parts = """
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(r.amount), 0) AS promised, coalesce(sum(r.fee), 0) AS fees,
                    coalesce(sum(r.amount) FILTER (WHERE r."completedAt" IS NULL), 0) AS open,
                    coalesce(sum(r.returned), 0) AS returned,
                    coalesce(sum(r.amount - r.returned) FILTER (WHERE r."completedAt" IS NOT NULL), 0) AS overtaken
                FROM jsonb_to_recordset(coalesce(partial_refunds, '[]'))
                    AS r (amount bigint, fee bigint, returned bigint, "completedAt" text)) parts
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(withheld), 0) AS lost FROM disputes d
                WHERE d.payment_id = p.id AND state = 'Lost' AND closed_at <= refund_started_at) before
            """;
        const string kept =
            "(platform_fee - fees - coalesce(round((platform_fee - fees) * refund_amount / (refund_amount + lost)), 0))";
        foreach (
            var (account, expected) in new[]
            {
                ("Receivable", "-coalesce(refund_amount, 0) * (status = 'Settled')::int - open"),
                ("Provider", $"(amount - lost_amount - returned - {open}) * (status = 'Settled')::int"),
                ("Disputes", open),
                (
                    "Chargebacks",
                    "CASE status WHEN 'Settled' THEN lost_amount - overtaken ELSE amount - refund_amount - promised END"
                ),
                ("Refunds", "coalesce(refund_amount, 0) + promised"),
                ("Sales", $"-amount + {kept}"),
                ("PlatformFees", $"-{kept}"),
            }
        )
            Assert.Equal(
                await app.ScalarAsync(
                    $"SELECT coalesce(sum({expected}), 0) FROM payments p {parts} WHERE order_id = $1 AND status IN ('Settled', 'Refunded')",
                    order
                ),
                await app.BalanceAsync(order, account)
            );
        // Never more than was paid.
        Assert.Equal(
            0,
            await app.SandboxScalarAsync(
                """
                SELECT count(*) FROM (
                    SELECT c.amount, (SELECT sum(r.amount) FROM refunds r WHERE r.status <> 'Failed'
                        AND r.charge = 'pi_' || replace(c.id::text, '-', '')) AS back,
                        CASE WHEN c.dispute_status = 'lost' THEN c.amount END AS lost
                    FROM card_charges c WHERE c.reference = ANY($2)
                    UNION ALL
                    SELECT p.amount, (SELECT sum(r.amount) FROM refunds r
                        WHERE r.charge = p.end_to_end_id AND r.status <> 'Failed'), NULL
                    FROM pix_received p WHERE p.tx_id LIKE $1 || '%') charges
                WHERE coalesce(back, 0) + coalesce(lost, 0) > amount
                """,
                order.ToString("N"),
                await app.PaymentIdsAsync(order)
            )
        );
    }

    [Theory]
    [InlineData("UPDATE ledger_postings SET amount = amount + 1")]
    [InlineData("DELETE FROM ledger_postings")]
    [InlineData("TRUNCATE ledger_postings")]
    public async Task Nothing_in_the_ledger_is_changed_or_deleted(string sql)
    {
        // Who waits for the whole table lets nobody pass, also not whom it waits for: not for long, and again.
        var refused = await Eventually.GetAsync(
            () => Assert.ThrowsAsync<PostgresException>(() => app.ExecuteAsync($"SET lock_timeout = 100; {sql}")),
            e => e.SqlState != PostgresErrorCodes.LockNotAvailable
        );

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
    }

    /// <summary>Debit and credit are one amount of one row; only its sign could be wrong.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_posting_of_less_than_something_is_refused(long amount)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => PostAsync(Guid.CreateVersion7(), amount));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
    }

    [Fact]
    public async Task The_same_is_booked_once()
    {
        var order = Guid.CreateVersion7();
        await PostAsync(order, 1);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => PostAsync(order, 1));

        Assert.Equal(PostgresErrorCodes.UniqueViolation, refused.SqlState);
        await app.ExecuteAsync(
            """
            INSERT INTO ledger_postings (kind, payment_id, order_id, debit, credit, amount, currency)
            VALUES ('Reversed', $1, $1, 'Sales', 'Receivable', 1, 'BRL')
            """,
            order
        );
    }

    private Task PostAsync(Guid order, long amount) =>
        app.ExecuteAsync(
            """
            INSERT INTO ledger_postings (kind, payment_id, order_id, debit, credit, amount, currency)
            VALUES ('Charged', $1, $1, 'Receivable', 'Sales', $2, 'BRL')
            """,
            order,
            amount
        );

    [Fact]
    public async Task Administrators_read_the_ledger_page_by_page()
    {
        var order = Guid.CreateVersion7();
        await app.PaidAsync(order);
        using var admin = app.System.Client(AppIds.Payments, Guid.CreateVersion7(), "admin");

        var kinds = new List<string>();
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await admin.GetFromJsonAsync<JsonElement>(
                $"/api/v1/payments/ledger?orderId={order}&limit=1" + (cursor.Length > 0 ? $"&cursor={cursor}" : "")
            );
            kinds.AddRange(page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("kind").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }

        Assert.Equal(["charged", "settled", "feeCharged"], kinds);
        var balances = await admin.GetFromJsonAsync<JsonElement>("/api/v1/payments/ledger/balances");
        Assert.Equal(
            0,
            balances
                .GetProperty("items")
                .EnumerateArray()
                .Where(b => b.GetProperty("currency").GetString() == PaymentsApp.Reais)
                .Sum(b => b.GetProperty("amount").GetInt64())
        );
    }

    [Theory]
    [InlineData("/api/v1/payments/ledger")]
    [InlineData("/api/v1/payments/ledger/balances")]
    public async Task Nobody_else_reads_it(string path)
    {
        using var buyer = app.System.Client(AppIds.Payments, Guid.CreateVersion7());

        using var stranger = await app.Public.GetAsync(path);
        using var refused = await buyer.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=x")]
    [InlineData("orderId=x")]
    [InlineData("cursor=x")]
    [InlineData("cursor=AAAA")]
    public async Task A_bad_query_is_refused(string query)
    {
        using var admin = app.System.Client(AppIds.Payments, Guid.CreateVersion7(), "admin");

        using var response = await admin.GetAsync($"/api/v1/payments/ledger?{query}");

        Assert.Equal("invalid", await PaymentsApp.ProblemAsync(response, HttpStatusCode.BadRequest));
    }
}
