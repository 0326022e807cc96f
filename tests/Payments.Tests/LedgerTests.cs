using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CsCheck;
using Npgsql;
using Ticketing.Contracts;
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

                await Eventually.TrueAsync(() => AllTheMoneyIsKnownAsync(order));
                await CheckAsync(order);
            },
            iter: 40,
            threads: 4
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
                await app.RefundAsync(order, $"{order}-{n}-{attempt}");
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

    /// <summary>Every payment that the provider has money for is settled here.</summary>
    private async Task<bool> AllTheMoneyIsKnownAsync(Guid order)
    {
        var paid = await app.SandboxScalarAsync(
            """
            SELECT (SELECT count(*) FROM pix_charges WHERE tx_id LIKE $1 || '%' AND status = 'Paid')
                + (SELECT count(*) FROM card_charges WHERE reference = ANY($2) AND status = 'Settled')
            """,
            order.ToString("N"),
            await app.PaymentIdsAsync(order)
        );
        var known = await app.ScalarAsync(
            "SELECT count(*) FROM payments WHERE order_id = $1 AND status IN ('Settled', 'Refunded')",
            order
        );
        return paid == known;
    }

    private async Task CheckAsync(Guid order)
    {
        Assert.Equal(
            0,
            await app.ScalarAsync(
                """
                SELECT count(*) FROM (
                    SELECT FROM ledger_entries WHERE order_id = $1
                    GROUP BY transaction_id, currency HAVING sum(amount) <> 0) unbalanced
                """,
                order
            )
        );
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
        var held = await app.ScalarAsync(
            "SELECT coalesce(sum(amount), 0) FROM payments WHERE order_id = $1 AND status = 'Settled'",
            order
        );
        Assert.Equal(held, await app.BalanceAsync(order, "Provider"));
        var refunded = await app.ScalarAsync(
            "SELECT coalesce(sum(amount), 0) FROM payments WHERE order_id = $1 AND status = 'Refunded'",
            order
        );
        Assert.Equal(refunded, await app.BalanceAsync(order, "Refunds"));
        Assert.Equal(-held - refunded, await app.BalanceAsync(order, "Sales"));
    }

    [Theory]
    [InlineData("UPDATE ledger_entries SET amount = amount + 1")]
    [InlineData("DELETE FROM ledger_entries")]
    [InlineData("TRUNCATE ledger_entries")]
    [InlineData("UPDATE ledger_transactions SET at = now()")]
    [InlineData("DELETE FROM ledger_transactions")]
    [InlineData("TRUNCATE ledger_transactions, ledger_entries")]
    public async Task Nothing_in_the_ledger_is_changed_or_deleted(string sql)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => app.ScalarAsync(sql));

        Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
    }

    [Theory]
    [InlineData(100, "BRL", -99, "BRL")]
    [InlineData(100, "BRL", -100, "USD")]
    public async Task A_transaction_that_does_not_balance_is_refused_at_the_commit(
        long debit,
        string debitCurrency,
        long credit,
        string creditCurrency
    )
    {
        var id = Guid.CreateVersion7();
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            app.ScalarAsync(
                """
                WITH t AS (
                    INSERT INTO ledger_transactions (id, kind, payment_id, order_id, at)
                    VALUES ($1, 'Charged', $1, $1, now()))
                INSERT INTO ledger_entries (id, transaction_id, order_id, account, amount, currency)
                VALUES ($1, $1, $1, 'Receivable', $2, $3), ($6, $1, $1, 'Sales', $4, $5)
                """,
                id,
                debit,
                debitCurrency,
                credit,
                creditCurrency,
                Guid.CreateVersion7()
            )
        );

        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
    }

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
                $"/api/v1/payments/ledger?orderId={order}&limit=3" + (cursor.Length > 0 ? $"&cursor={cursor}" : "")
            );
            kinds.AddRange(page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("kind").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }

        Assert.Equal(["charged", "charged", "settled", "settled"], kinds);
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
