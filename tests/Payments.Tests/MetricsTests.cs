using System.Net.Http.Json;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>Of its own, so that the figures are of these payments alone.</summary>
public sealed class MeasuredPayments : PaymentsApp
{
    protected override IReadOnlyList<string> MoreSettings =>
        ["Metrics:SampleSeconds=0.1", "Metrics:AuditSeconds=0.1", "Payments:LedgerClosingSeconds=0.1"];
}

public sealed class MetricsTests(MeasuredPayments app) : IClassFixture<MeasuredPayments>
{
    private readonly Guid order = Guid.CreateVersion7();

    private Task<Scrape> ScrapeAsync() => app.System.ScrapeAsync(AppIds.Payments);

    private static double Count(Scrape scrape, string end, string method) =>
        scrape.Sum($"ticketing_payments_{end}_total", ("method", method));

    private Task<Scrape> UntilAsync(string gauge, double value) =>
        Eventually.GetAsync(ScrapeAsync, s => s.Of(gauge).Any() && s.Sum(gauge) == value);

    [Fact]
    public async Task The_ends_of_payments_are_counted_by_method()
    {
        var before = await ScrapeAsync();
        await app.PaidAsync(order);
        await app.RefundAsync(order, $"{order}:refund");
        await app.PublishedOnceAsync<PaymentRefunded>(order);
        await app.CreateAsync(PaymentsApp.Card(Guid.CreateVersion7(), "tok_approve"));
        await app.CreateAsync(PaymentsApp.Card(Guid.CreateVersion7(), "tok_decline"));
        var closed = Guid.CreateVersion7();
        await app.CreateAsync(PaymentsApp.Pix(closed));
        await app.CloseAsync(closed);
        await app.DisputeAsync(await app.PaidAsync(Guid.CreateVersion7()));
        await Eventually.HoldsAsync(async () =>
        {
            var after = await ScrapeAsync();
            double Moved(string end, string method) => Count(after, end, method) - Count(before, end, method);
            Assert.Equal(2, Moved("settled", "Pix"));
            Assert.Equal(1, Moved("settled", "Card"));
            Assert.Equal(1, Moved("failed", "Card"));
            Assert.Equal(0, Moved("failed", "Pix"));
            Assert.Equal(1, Moved("cancelled", "Pix"));
            Assert.Equal(1, Moved("refunded", "Pix"));
            Assert.Equal(1, Moved("disputed", "Pix"));
            foreach (var method in new[] { "Pix", "Card" })
            foreach (var lag in new[] { "lag", "settlement_lag" })
                Assert.Equal(
                    method == "Pix" ? 2 : 1,
                    after.Sum($"ticketing_payments_{lag}_seconds_count", ("method", method))
                        - before.Sum($"ticketing_payments_{lag}_seconds_count", ("method", method))
                );
        });
    }

    [Fact]
    public async Task How_late_a_settlement_is_known_is_told_apart_from_how_late_it_was_paid()
    {
        const string known = "ticketing_payments_settlement_lag_seconds_sum";
        const string paid = "ticketing_payments_lag_seconds_sum";
        var before = await ScrapeAsync();
        var payment = await app.CreateAsync(PaymentsApp.Pix(order));
        using (app.WebhookWire.Cut(e => e.Concerns(payment.Pix!.TxId)))
        {
            await app.PayAsync(payment.Pix!.TxId);
            // As if the provider had known for an hour, of a payment made two hours ago.
            await app.SandboxExecuteAsync(
                "UPDATE pix_received SET paid_at = now() - interval '1 hour' WHERE tx_id = $1",
                payment.Pix.TxId
            );
            await app.ExecuteAsync(
                "UPDATE payments SET created_at = now() - interval '2 hours' WHERE id = $1",
                payment.Id
            );
            await app.CloseAsync(order);
        }
        await Eventually.HoldsAsync(async () =>
        {
            var after = await ScrapeAsync();
            Assert.InRange(after.Sum(known) - before.Sum(known), 3600, 5400);
            Assert.InRange(after.Sum(paid) - before.Sum(paid), 7200, 9000);
        });
    }

    [Fact]
    public async Task What_a_person_must_look_at_is_counted()
    {
        var before = await ScrapeAsync();
        var payment = await app.CreateAsync(PaymentsApp.Pix(order));
        await app.PayAsync(payment.Pix!.TxId, amount: payment.Amount.Amount + 1);
        await app.LatestAsync(order, PaymentStatus.Failed);
        await Eventually.HoldsAsync(async () =>
        {
            var after = await ScrapeAsync();
            (string, string) kind = ("kind", "amount-mismatch");
            Assert.Equal(
                1,
                after.Sum("ticketing_payments_alarms_total", kind) - before.Sum("ticketing_payments_alarms_total", kind)
            );
        });
    }

    [Fact]
    public async Task Alarms_are_there_before_the_first_one() =>
        Assert.Equal(
            0,
            Assert
                .Single((await ScrapeAsync()).Of("ticketing_payments_alarms_total", ("kind", "unknown-webhook")))
                .Value
        );

    [Fact]
    public async Task Open_payments_are_told()
    {
        await UntilAsync("ticketing_payments_open", 0);
        await app.CreateAsync(PaymentsApp.Pix(order));
        await UntilAsync("ticketing_payments_open", 1);
        await app.CloseAsync(order);
        await UntilAsync("ticketing_payments_open", 0);
    }

    [Fact]
    public async Task A_ledger_that_does_not_balance_is_told()
    {
        const string gauge = "ticketing_ledger_unbalanced";
        await app.PaidAsync(order);
        await UntilAsync(gauge, 0);

        // Balanced as every posting, but the buyer is owed money although nothing is open.
        await PostAsync("RefundStarted", "Refunds", "Receivable");
        await UntilAsync(gauge, 1);
        await PostAsync("RefundCompleted", "Receivable", "Provider");
        await UntilAsync(gauge, 0);
    }

    private Task PostAsync(string kind, string debit, string credit) =>
        app.ExecuteAsync(
            """
            INSERT INTO ledger_postings (kind, payment_id, order_id, debit, credit, amount, currency)
            SELECT $2, id, order_id, $3, $4, amount, currency FROM payments WHERE order_id = $1
            """,
            order,
            kind,
            debit,
            credit
        );

    /// <summary>At any time the sums of the closed part and the postings since are the sums of all.</summary>
    [Fact]
    public async Task Balances_are_right_while_the_ledger_is_being_closed()
    {
        using var admin = app.System.Client(AppIds.Payments, Guid.CreateVersion7(), "admin");
        var before = await BalanceAsync(admin, "provider");
        using var stop = new CancellationTokenSource();
        var balanced = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                    Assert.Equal(0, await BalanceAsync(admin));
            },
            stop.Token
        );
        for (var i = 0; i < 20; i++)
            await app.CreateAsync(PaymentsApp.Card(Guid.CreateVersion7(), "tok_approve"));
        await stop.CancelAsync();
        await balanced;

        Assert.Equal(20 * 15000, await BalanceAsync(admin, "provider") - before);
        // All of it is closed at last, and the answer is the same.
        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync(
                "SELECT count(*) FROM ledger_postings WHERE (xid, id) > (SELECT xid, id FROM ledger_closed)"
            ) == 0
        );
        Assert.Equal(20 * 15000, await BalanceAsync(admin, "provider") - before);
    }

    /// <summary>Of what is given back the platform keeps nothing, of what a bank takes all.</summary>
    [Fact]
    public async Task What_an_organizers_events_brought_in_is_kept_by_event()
    {
        var (organizer, show, other) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var payments = new List<PaymentSnapshot>();
        for (var i = 0; i < 5; i++)
            payments.Add(
                await app.CreateAsync(
                    PaymentsApp.Card(Guid.CreateVersion7(), "tok_approve") with
                    {
                        OrganizerId = organizer,
                        EventId = i < 4 ? show : other,
                    }
                )
            );
        await app.RefundAsync(payments[0].OrderId, "back");
        foreach (var disputed in payments[1..3])
            await app.DisputeAsync(disputed);
        await app.EndDisputeAsync(payments[1], won: false);

        await Eventually.HoldsAsync(async () =>
            Assert.Equal(
                [
                    new EventTotals(other, PaymentsApp.Reais, 1, 15000, 1500, 0, 0, 0),
                    new EventTotals(show, PaymentsApp.Reais, 4, 60000, 4500, 15000, 15000, 15000),
                ],
                (await TotalsAsync(organizer)).OrderBy(t => t.Payments)
            )
        );
        Assert.Equal(4, Assert.Single(await TotalsAsync(organizer, $"?eventId={show}")).Payments);
        Assert.Empty(await TotalsAsync(Guid.CreateVersion7()));
    }

    private async Task<EventTotals[]> TotalsAsync(Guid organizer, string query = "") =>
        (
            await app.Payments.GetFromJsonAsync<EventTotals[]>(
                $"/internal/organizers/{organizer}/totals{query}",
                ServiceDefaults.ServiceDefaultsExtensions.Json
            )
        )!;

    private static async Task<long> BalanceAsync(HttpClient admin, string? account = null) =>
        (await admin.GetFromJsonAsync<JsonElement>("/api/v1/payments/ledger/balances"))
            .GetProperty("items")
            .EnumerateArray()
            .Where(b => account is null || b.GetProperty("account").GetString() == account)
            .Sum(b => b.GetProperty("amount").GetInt64());
}
