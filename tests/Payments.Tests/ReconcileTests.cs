using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>The provider's own list against our ledger, over both protocols.</summary>
public sealed class ReconcileTests(PaymentsApp app)
{
    private const string Pix = "pix-api";
    private const string Card = "stripe";

    private sealed record Difference(
        string Kind,
        string? SettlementId,
        Guid? PaymentId,
        Guid? OrderId,
        Money? Listed,
        Money? Booked,
        DateTimeOffset At
    );

    private sealed record Total(string Currency, long Count, long Amount, long Refunded);

    private sealed record Report(
        IReadOnlyList<Total> Listed,
        IReadOnlyList<Total> Booked,
        IReadOnlyList<Difference> Differences,
        bool HasMore
    );

    private readonly Guid order = Guid.CreateVersion7();
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();

    private string TxId => $"{order:N}01";

    private Task<Report> OfTodayAsync(string provider) => ReportAsync(provider, now.AddHours(-12), now.AddHours(12));

    private async Task<Report> ReportAsync(string provider, DateTimeOffset from, DateTimeOffset until)
    {
        using var response = await SendAsync($"provider={provider}&from={from:O}&until={until:O}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<Report>(ServiceDefaultsExtensions.Json))!;
    }

    private async Task<HttpResponseMessage> SendAsync(string query)
    {
        using var admin = app.System.Client(AppIds.Payments, Guid.CreateVersion7(), "admin");
        return await admin.GetAsync(
            $"/api/v1/payments/reconciliation?{query.Replace("+", "%2B", StringComparison.Ordinal)}"
        );
    }

    private async Task<List<Difference>> OfOrderAsync(string provider) =>
        [.. (await OfTodayAsync(provider)).Differences.Where(d => d.OrderId == order)];

    private async Task<PaymentSnapshot> PaidAsync(string provider) =>
        provider == Card ? await app.CreateAsync(PaymentsApp.Card(order, "tok_approve")) : await app.PaidAsync(order);

    [Theory]
    [InlineData(Pix)]
    [InlineData(Card)]
    public async Task What_was_sold_and_given_back_is_the_same_on_both_sides(string provider)
    {
        await PaidAsync(provider);
        Assert.Empty(await OfOrderAsync(provider));

        await app.RefundAsync(order, "whole");
        await app.PublishedOnceAsync<PaymentRefunded>(order);

        Assert.Empty(await OfOrderAsync(provider));
        var report = await OfTodayAsync(provider);
        foreach (var totals in new[] { report.Listed, report.Booked })
        {
            var reais = Assert.Single(totals, t => t.Currency == PaymentsApp.Reais);
            Assert.True(reais is { Count: > 0, Amount: >= 15000, Refunded: >= 15000 });
        }
    }

    [Theory]
    [InlineData(Pix)]
    [InlineData(Card)]
    public async Task A_dispute_is_no_refund(string provider)
    {
        var payment = await PaidAsync(provider);
        await app.DisputeAsync(payment);
        await app.PublishedOnceAsync<PaymentDisputed>(order);
        Assert.Empty(await OfOrderAsync(provider));

        await app.EndDisputeAsync(payment, won: false);
        await app.PublishedOnceAsync<PaymentDisputeLost>(order);

        Assert.Empty(await OfOrderAsync(provider));
    }

    [Fact]
    public async Task Money_that_lies_in_suspense_is_no_difference()
    {
        await app.PaidAsync(order);
        await app.PayAsync(TxId, again: true);
        await Eventually.TrueAsync(async () => await app.BalanceAsync(order, "Suspense") == -15000);

        Assert.Empty(await OfOrderAsync(Pix));
    }

    [Fact]
    public async Task A_pix_that_we_have_not_heard_of_is_told()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));
        using (app.ProviderWire.Cut(e => e.Concerns(TxId)))
        {
            await app.PayAsync(TxId);

            var missed = Assert.Single(await OfOrderAsync(Pix));

            Assert.Equal(("notBooked", new(15000, "BRL"), null), (missed.Kind, missed.Listed, missed.Booked));
        }
        using (await app.PostPixWebhookAsync(PaymentsApp.PixWebhook(TxId))) { }
        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Empty(await OfOrderAsync(Pix));
    }

    [Fact]
    public async Task A_card_payment_whose_answer_was_lost_is_told()
    {
        var token = await app.CardTokenAsync("4242424242424242");
        var request = PaymentsApp.Card(order, token);
        using (app.WebhookWire.Cut(_ => true))
        {
            using (app.ProviderWire.LoseAnswers(e => e.Concerns(token)))
            using (await app.SendAsync(request)) { }

            var missed = Assert.Single(await OfOrderAsync(Card));

            Assert.Equal(("notBooked", new(15000, "BRL"), null), (missed.Kind, missed.Listed, missed.Booked));
        }
    }

    [Theory]
    [InlineData(Pix)]
    [InlineData(Card)]
    public async Task Money_that_the_provider_does_not_have_is_told(string provider)
    {
        var payment = await PaidAsync(provider);
        var settlement = await app.ChargeIdAsync(payment.Id);
        await app.SandboxExecuteAsync(
            provider == Card
                ? "UPDATE card_charges SET created_at = now() - interval '2 days' WHERE 'pi_' || replace(id::text, '-', '') = $1"
                : "UPDATE pix_received SET paid_at = now() - interval '2 days' WHERE end_to_end_id = $1",
            settlement
        );

        var missing = Assert.Single(await OfOrderAsync(provider));

        Assert.Equal(
            ("notListed", settlement, payment.Id, null, payment.Amount),
            (missing.Kind, missing.SettlementId, missing.PaymentId, missing.Listed, missing.Booked)
        );
    }

    [Theory]
    [InlineData(Pix)]
    [InlineData(Card)]
    public async Task Another_amount_is_told(string provider)
    {
        var payment = await PaidAsync(provider);
        await app.SandboxExecuteAsync(
            provider == Card
                ? "UPDATE card_charges SET amount = 14999 WHERE 'pi_' || replace(id::text, '-', '') = $1"
                : "UPDATE pix_received SET amount = 14999 WHERE end_to_end_id = $1",
            await app.ChargeIdAsync(payment.Id)
        );

        var other = Assert.Single(await OfOrderAsync(provider));

        Assert.Equal(("amountDiffers", new(14999, "BRL"), payment.Amount), (other.Kind, other.Listed, other.Booked));
    }

    [Theory]
    [InlineData(Pix)]
    [InlineData(Card)]
    public async Task A_refund_that_was_made_at_the_bank_is_told(string provider)
    {
        var payment = await PaidAsync(provider);
        var settlement = await app.ChargeIdAsync(payment.Id);
        using var made =
            provider == Card
                ? await app.StripeAsync("refunds", [new("payment_intent", settlement), new("amount", "500")], "by-hand")
                : await app.Bank.PutAsJsonAsync($"/api-pix/pix/{settlement}/devolucao/byhand", new { valor = "5.00" });
        Assert.True(made.IsSuccessStatusCode);

        var other = Assert.Single(await OfOrderAsync(provider));

        Assert.Equal(("refundDiffers", new(500, "BRL"), new Money(0, "BRL")), (other.Kind, other.Listed, other.Booked));
    }

    [Theory]
    [InlineData(Pix)]
    [InlineData(Card)]
    public async Task Money_of_nobody_is_told_from_every_page_of_the_list(string provider)
    {
        const int Count = 1_234;
        const string Long = "2025-03-04T12:00:00Z";
        await app.SandboxExecuteAsync(
            provider == Card
                ? $"""
                INSERT INTO card_charges (id, idempotency_key, token, reference, amount, currency, brand, last4, status,
                    created_at)
                SELECT gen_random_uuid(), 'old' || n, 'tok', 'another shop''s', 1000, 'BRL', 'visa', '4242',
                    CASE WHEN n > {Count} THEN 'Failed' ELSE 'Settled' END,
                    '{Long}'::timestamptz + n % 7 * interval '1 second'
                FROM generate_series(1, {Count + 20}) n
                """
                : $"""
                INSERT INTO pix_received (end_to_end_id, tx_id, key, amount, paid_at)
                SELECT 'E' || lpad(n::text, 31, '0'), 'x', 'k', 1000, '{Long}'::timestamptz + n % 7 * interval '1 second'
                FROM generate_series(1, {Count}) n
                """
        );
        var day = DateTimeOffset.Parse(Long, System.Globalization.CultureInfo.InvariantCulture);

        var report = await ReportAsync(provider, day, day.AddSeconds(7));

        Assert.Equal([new Total("BRL", Count, Count * 1000, 0)], report.Listed);
        Assert.Empty(report.Booked);
        Assert.True(report.HasMore);
        Assert.Equal(1_000, report.Differences.Select(d => d.SettlementId).Distinct().Count());
        Assert.All(report.Differences, d => Assert.Equal(("unknownPayment", null), (d.Kind, d.PaymentId)));
        // The end is not in it.
        Assert.Equal(Count / 7, (await ReportAsync(provider, day, day.AddSeconds(1))).Listed.Single().Count, 1.0);
        Assert.Empty((await ReportAsync(provider, day.AddSeconds(7), day.AddHours(1))).Listed);
    }

    [Theory]
    [InlineData("from=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z", 400, "provider")]
    [InlineData("provider=&from=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z", 400, "provider")]
    [InlineData("provider=stripe%00&from=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z", 422, "provider")]
    [InlineData("provider=bank&from=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z", 422, "provider")]
    [InlineData("provider=stripe&until=2026-01-02T00:00:00Z", 400, "from")]
    [InlineData("provider=stripe&from=yesterday&until=2026-01-02T00:00:00Z", 400, "from")]
    [InlineData("provider=stripe&from=2026-01-01T00:00:00Z", 400, "until")]
    [InlineData("provider=stripe&from=2026-01-01T00:00:00Z&until=2026-01-01T00:00:00.9Z", 422, "until")]
    [InlineData("provider=stripe&from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", 422, "until")]
    [InlineData("provider=stripe&from=2026-01-01T00:00:00Z&until=2026-01-02T01:00:01Z", 422, "until")]
    [InlineData("provider=pix-api&from=0001-01-01T00:00:00Z&until=0001-01-01T01:00:00Z", 422, "from")]
    [InlineData("provider=pix-api&from=9999-12-31T22:59:59Z&until=9999-12-31T23:59:59Z", 422, "from")]
    public async Task A_bad_question_is_refused(string query, int status, string field)
    {
        using var response = await SendAsync(query);

        Assert.Equal(status, (int)response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(field, problem.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Pix, "/pix?")]
    [InlineData(Card, "/charges")]
    public async Task A_provider_that_is_away_is_said_to_be(string provider, string call)
    {
        using var away = app.ProviderWire.Cut(e => e.Concerns(call));

        using var response = await SendAsync($"provider={provider}&from={now.AddHours(-1):O}&until={now:O}");

        Assert.Equal(
            "payment-provider-unavailable",
            await PaymentsApp.ProblemAsync(response, HttpStatusCode.ServiceUnavailable)
        );
    }
}

/// <summary>Payments that look each second at what came an hour ago.</summary>
public sealed class WatchedBooks : PaymentsApp
{
    protected override IReadOnlyList<string> MoreSettings => ["Payments:ReconciliationSeconds=1"];
}

public sealed class ReconciliationWatchTests(WatchedBooks app) : IClassFixture<WatchedBooks>
{
    private async Task<double> AlarmsAsync() =>
        (await app.System.ScrapeAsync(AppIds.Payments)).Sum(
            "ticketing_payments_alarms_total",
            ("kind", "books-differ")
        );

    /// <summary>In a second that will be looked at soon.</summary>
    private Task MoneyOfNobodyAsync(bool card) =>
        app.SandboxExecuteAsync(
            card
                ? """
                INSERT INTO card_charges (id, idempotency_key, token, reference, amount, currency, brand, last4, status,
                    created_at)
                VALUES (gen_random_uuid(), gen_random_uuid(), 'tok', 'another', 1000, 'BRL', 'visa', '4242', 'Settled',
                    now() - interval '1 hour' + interval '3 seconds')
                """
                : """
                INSERT INTO pix_received (end_to_end_id, tx_id, key, amount, paid_at)
                VALUES (md5(random()::text), 'x', 'k', 1000, now() - interval '1 hour' + interval '3 seconds')
                """
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Money_of_nobody_gives_an_alarm_an_hour_later(bool card)
    {
        var before = await AlarmsAsync();

        await MoneyOfNobodyAsync(card);

        await Eventually.TrueAsync(async () => await AlarmsAsync() == before + 1);
    }

    [Fact]
    public async Task What_came_while_the_provider_was_away_is_looked_at_when_it_is_back()
    {
        var before = await AlarmsAsync();
        using (app.ProviderWire.Cut(IsList))
        {
            await MoneyOfNobodyAsync(card: false);
            var asked = app.ProviderWire.Seen.Count(IsList);
            await Eventually.TrueAsync(() => Task.FromResult(app.ProviderWire.Seen.Count(IsList) > asked + 5));
            Assert.Equal(before, await AlarmsAsync());
        }

        await Eventually.TrueAsync(async () => await AlarmsAsync() == before + 1);

        static bool IsList(Exchange e) => e.Method == "GET" && e.Concerns("/pix?");
    }
}
