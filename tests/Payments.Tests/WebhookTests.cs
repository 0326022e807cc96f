using System.Net;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

public sealed class WebhookTests(PaymentsApp app)
{
    private readonly Guid order = Guid.CreateVersion7();

    private string TxId => $"{order:N}01";

    [Fact]
    public async Task A_forged_webhook_is_refused_and_not_stored()
    {
        var id = $"evt_{order:N}";

        using var response = await app.PostWebhookAsync(PaymentsApp.PixWebhook(TxId, id), secret: "a guess");

        await RefusedAsync(response);
        Assert.Equal(0, await StoredAsync(id));
    }

    [Theory]
    [InlineData(-6)]
    [InlineData(6)]
    public async Task A_webhook_from_another_time_is_refused(int minutesAgo)
    {
        using var response = await app.PostWebhookAsync(
            PaymentsApp.PixWebhook(TxId),
            age: TimeSpan.FromMinutes(minutesAgo)
        );

        await RefusedAsync(response);
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1=00")]
    [InlineData("t=1")]
    [InlineData("t=,v1=")]
    [InlineData("t=x,v1=00")]
    [InlineData("t=-9223372036854775808,v1=00")]
    [InlineData("t=9223372036854775807,v1=00")]
    [InlineData("t=99999999999999999999999999,v1=00")]
    [InlineData("t=1,v1=00,v1=00")]
    public async Task A_malformed_signature_is_refused(string signature)
    {
        using var response = await app.PostWebhookAsync(PaymentsApp.PixWebhook(TxId), signature: signature);

        await RefusedAsync(response);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"id\":1,\"type\":\"pix.paid\",\"data\":{}}")]
    [InlineData("{\"id\":\"\",\"type\":\"pix.paid\",\"data\":{}}")]
    [InlineData("{\"id\":\"x\",\"type\":\"pix.paid\",\"data\":null}")]
    [InlineData("\0")]
    [InlineData("{\"id\":\"\\u0000\",\"type\":\"pix.paid\",\"data\":{}}")]
    [InlineData("{\"id\":\"x\",\"type\":\"\",\"data\":{}}")]
    public async Task A_signed_body_that_is_no_webhook_is_refused(string body)
    {
        using var response = await app.PostWebhookAsync(body);

        Assert.Equal("invalid", await PaymentsApp.ProblemAsync(response, HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_huge_body_is_refused()
    {
        using var response = await app.PostWebhookAsync(new string(' ', 64 * 1024 + 1));

        Assert.Equal("too-large", await PaymentsApp.ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge));
    }

    [Fact]
    public async Task An_unknown_provider_is_not_found()
    {
        using var response = await app.PostWebhookAsync("{}", provider: "nobody");

        Assert.Equal("not-found", await PaymentsApp.ProblemAsync(response, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task A_webhook_is_not_believed_that_money_came()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));

        using var response = await app.PostWebhookAsync(PaymentsApp.PixWebhook(TxId));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(PaymentStatus.Pending, (await app.LatestAsync(order)).Status);
    }

    [Fact]
    public async Task A_webhook_many_times_at_once_has_one_effect()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));
        using (app.WebhookWire.Cut(e => e.Concerns(TxId)))
        {
            await app.PayAsync(TxId);
            var id = $"evt_{order:N}";
            var body = PaymentsApp.PixWebhook(TxId, id);

            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => app.PostWebhookAsync(body)));

            Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
            Assert.Equal(1, await StoredAsync(id));
        }
        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Equal(15000, await app.BalanceAsync(order, "Provider"));
    }

    [Fact]
    public async Task A_webhook_that_comes_after_a_newer_one_changes_nothing()
    {
        await app.PaidAsync(order);
        await app.RefundAsync(order, $"{order}-refund");

        using var response = await app.PostWebhookAsync(PaymentsApp.PixWebhook(TxId));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(PaymentStatus.Refunded, (await app.LatestAsync(order)).Status);
        await app.PublishedOnceAsync<PaymentSettled>(order);
    }

    [Fact]
    public async Task A_webhook_about_an_unknown_payment_is_kept()
    {
        var id = $"evt_{order:N}";

        using var response = await app.PostWebhookAsync(PaymentsApp.PixWebhook(TxId, id));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(1, await StoredAsync(id));
    }

    [Theory]
    [InlineData("no-txid-of-ours")]
    [InlineData("\\u0000")]
    [InlineData("0123456789012345678901234567890123456789")]
    public async Task A_webhook_that_names_something_odd_is_kept(string txid)
    {
        using var response = await app.PostWebhookAsync(
            $$$"""{"id":"evt_{{{Guid.CreateVersion7():N}}}","type":"pix.paid","data":{"txId":"{{{txid}}}"}}"""
        );

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task A_webhook_whose_truth_cannot_be_asked_is_kept_and_has_its_effect_later()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));
        var body = PaymentsApp.PixWebhook(TxId);
        using (app.WebhookWire.Cut(e => e.Concerns(TxId)))
        {
            await app.PayAsync(TxId);
            using (app.ProviderWire.Cut(e => e.Concerns(TxId)))
            {
                using var response = await app.PostWebhookAsync(body);
                Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            }

            using var repeated = await app.PostWebhookAsync(body);
            Assert.Equal(HttpStatusCode.OK, repeated.StatusCode);
            Assert.Equal(PaymentStatus.Settled, (await app.LatestAsync(order)).Status);
        }
    }

    [Fact]
    public async Task Another_amount_than_asked_for_is_refused()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));
        await app.SandboxExecuteAsync("UPDATE pix_charges SET amount = 1 WHERE tx_id = $1", TxId);

        await app.PayAsync(TxId);

        var failed = await app.PublishedOnceAsync<PaymentFailed>(order);
        Assert.Equal("amount-mismatch", failed.Reason);
        Assert.False(await app.CloseAsync(order));
        Assert.Empty(app.Published<PaymentSettled>(order));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
        Assert.Equal(0, await app.BalanceAsync(order, "Sales"));
        // The books say that it lies there, and that it is nobody's.
        Assert.Equal(1, await app.BalanceAsync(order, "Provider"));
        Assert.Equal(-1, await app.BalanceAsync(order, "Suspense"));
        using var again = await app.PostWebhookAsync(PaymentsApp.PixWebhook(TxId));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(-1, await app.BalanceAsync(order, "Suspense"));
    }

    [Fact]
    public async Task A_webhook_is_sent_again_under_the_same_id_until_it_is_taken()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));
        var cut = app.WebhookWire.Cut(e => e.Concerns(TxId));
        await app.PayAsync(TxId);
        var tries = await Eventually.GetAsync(
            () => Task.FromResult(app.WebhookWire.Seen.Where(e => e.Concerns(TxId)).ToArray()),
            seen => seen.Length >= 3
        );
        cut.Dispose();

        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Single(tries.Select(t => t.Body).Distinct());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disputed_money_is_told_once(bool card)
    {
        await app.CreateAsync(card ? PaymentsApp.Card(order, "tok_approve") : PaymentsApp.Pix(order));
        if (!card)
            await app.PayAsync(TxId);
        var payment = await app.LatestAsync(order, PaymentStatus.Settled);

        await app.DisputeAsync(payment);
        await app.DisputeAsync(payment);

        var disputed = await app.PublishedOnceAsync<PaymentDisputed>(order);
        Assert.Equal(payment.Id, disputed.PaymentId);
        Assert.True(await app.CloseAsync(order));
    }

    private static async Task RefusedAsync(HttpResponseMessage response) =>
        Assert.Equal("invalid-signature", await PaymentsApp.ProblemAsync(response, HttpStatusCode.BadRequest));

    private Task<long> StoredAsync(string eventId) =>
        app.ScalarAsync("SELECT count(*) FROM received_webhooks WHERE event_id = $1", eventId);
}
