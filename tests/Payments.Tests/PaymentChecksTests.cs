using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>No webhook arrives in these tests.</summary>
[Collection(CheckingApp.Name)]
public sealed class PaymentChecksTests(CheckingApp app)
{
    private readonly Guid order = Guid.CreateVersion7();

    private string TxId => $"{order:N}01";

    [Fact]
    public async Task A_paid_Pix_is_found_without_its_webhook()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));

        await app.PayAsync(TxId);

        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
    }

    [Fact]
    public async Task What_is_found_belongs_to_the_trace_that_made_the_payment()
    {
        using var spans = Spans.Of(app.System.Services(AppIds.Payments));
        using var request = new Activity("request") { ActivityTraceFlags = ActivityTraceFlags.Recorded };
        request.Start();
        await app.CreateAsync(PaymentsApp.Pix(order));
        request.Stop();

        await app.PayAsync(TxId);

        string[] names = ["payment.refresh", "publish payment.settled"];
        await Eventually.TrueAsync(() =>
            Task.FromResult(!names.Except(spans.Of(request.TraceId).Select(s => s.DisplayName)).Any())
        );
    }

    [Fact]
    public async Task A_card_that_settled_late_is_found_without_its_webhook()
    {
        await app.CreateAsync(PaymentsApp.Card(order, "tok_settle_late"));

        await app.PublishedOnceAsync<PaymentSettled>(order);
    }

    [Fact]
    public async Task A_failed_challenge_is_found_without_its_webhook()
    {
        var payment = await app.CreateAsync(PaymentsApp.Card(order, "tok_3ds"));

        await app.AnswerChallengeAsync(payment, "fail");

        Assert.Equal("authentication-failed", (await app.PublishedOnceAsync<PaymentFailed>(order)).Reason);
    }

    [Fact]
    public async Task A_charge_whose_answer_was_lost_is_found_by_our_reference()
    {
        var token = await app.CardTokenAsync("4242424242424242");
        using (app.ProviderWire.LoseAnswers(e => e.Concerns(token)))
        using (await app.SendAsync(PaymentsApp.Card(order, token))) { }

        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Equal(1, await app.SandboxCountAsync("card_charges", "token", token));
    }

    [Fact]
    public async Task Late_money_on_a_cancelled_payment_is_found()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));
        Assert.False(await app.CloseAsync(order));

        await app.PayAsync(TxId, late: true);

        await app.PublishedOnceAsync<PaymentSettled>(order);
    }

    [Fact]
    public async Task Late_money_on_a_charge_that_the_provider_cancelled_is_found()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));
        // As when the answer to our own cancellation was lost.
        using (
            var cancelled = await app.Bank.PatchAsJsonAsync(
                $"/api-pix/cob/{TxId}",
                new { status = "REMOVIDA_PELO_USUARIO_RECEBEDOR" }
            )
        )
            Assert.Equal(System.Net.HttpStatusCode.OK, cancelled.StatusCode);
        var failed = await app.PublishedOnceAsync<PaymentFailed>(order);
        Assert.Equal("cancelled-by-provider", failed.Reason);

        await app.PayAsync(TxId, late: true);

        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
    }

    [Fact]
    public async Task A_payment_that_nobody_closes_expires_at_last()
    {
        var request = PaymentsApp.Pix(order) with { ExpiresAt = TimeProvider.System.GetUtcNow().AddMinutes(-3) };
        await app.CreateAsync(request);

        var failed = await app.PublishedOnceAsync<PaymentFailed>(order);

        Assert.Equal("expired", failed.Reason);
        using var paid = await app.Sandbox.PostAsync($"/sandbox/pix/{TxId}/pay", null);
        Assert.Equal(System.Net.HttpStatusCode.Conflict, paid.StatusCode);
        await app.PayAsync(TxId, late: true);
        await app.PublishedOnceAsync<PaymentSettled>(order);
    }

    [Fact]
    public async Task A_payment_that_was_paid_just_before_it_expires_is_settled()
    {
        var request = PaymentsApp.Pix(order) with { ExpiresAt = TimeProvider.System.GetUtcNow().AddMinutes(-3) };
        using (app.ProviderWire.Cut(e => e.Method is "GET" or "PATCH" && e.Concerns(TxId)))
        {
            await app.CreateAsync(request);
            await app.PayAsync(TxId);
        }

        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Empty(app.Published<PaymentFailed>(order));
    }

    [Fact]
    public async Task A_refund_that_takes_its_time_is_completed()
    {
        await app.CreateAsync(PaymentsApp.Card(order, "tok_approve"));

        var accepted = await app.RefundAsync(order, $"{order}-refund");

        Assert.Equal((15000, false), (accepted.Amount.Amount, accepted.Completed));
        await app.PublishedOnceAsync<PaymentRefunded>(order);
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
        Assert.Equal(0, await app.BalanceAsync(order, "Provider"));
    }

    [Fact]
    public async Task A_refund_that_the_provider_did_not_hear_of_is_asked_for_again()
    {
        await app.CreateAsync(PaymentsApp.Card(order, "tok_approve"));
        var charge = await app.ChargeIdAsync((await app.LatestAsync(order)).Id);
        using (app.ProviderWire.Cut(e => e.Method == "POST" && e.Concerns(charge)))
            Assert.False((await app.RefundAsync(order, $"{order}-refund")).Completed);

        await app.PublishedOnceAsync<PaymentRefunded>(order);
        Assert.Equal(1, await app.RefundsAtProviderAsync(order));
    }

    [Fact]
    public async Task A_webhook_that_came_before_its_payment_is_kept_and_applied()
    {
        var e2eid = PaymentsApp.NewE2eid();
        using var response = await app.PostPixWebhookAsync(
            JsonSerializer.Serialize(new { pix = new[] { PaymentsApp.PixOf(TxId, e2eid) } })
        );
        Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);

        await app.CreateAsync(PaymentsApp.Pix(order));

        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync(
                "SELECT count(*) FROM received_webhooks WHERE event_id = $1 AND processed_at IS NOT NULL",
                e2eid
            ) == 1
        );
    }

    [Fact]
    public async Task Payments_that_were_open_when_the_service_died_are_settled_after_its_start()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));
        await app.System.StopAsync(AppIds.Payments);
        await app.PayAsync(TxId);

        await app.System.StartAsync(AppIds.Payments);

        await app.PublishedOnceAsync<PaymentSettled>(order);
    }
}
