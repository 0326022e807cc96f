using System.Net;
using System.Text.Json;
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

        using var response = await app.PostWebhookAsync(PaymentsApp.CardWebhook(order, id), secret: "a guess");

        await RefusedAsync(response);
        Assert.Equal(0, await StoredAsync(id));
    }

    [Theory]
    [InlineData("a-guess")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_Pix_webhook_at_another_path_is_not_found(string path)
    {
        using var response = await app.PostPixWebhookAsync(PaymentsApp.PixWebhook(TxId), path);

        Assert.Equal("not-found", await PaymentsApp.ProblemAsync(response, HttpStatusCode.NotFound));
    }

    /// <summary>Nothing but the path makes a Pix webhook one of the bank.</summary>
    [Fact]
    public async Task A_Pix_webhook_at_the_path_of_signed_ones_is_refused()
    {
        using var response = await app.PostWebhookAsync(PaymentsApp.PixWebhook(TxId), provider: "pix-api");

        await RefusedAsync(response);
    }

    /// <summary>How banks try the address, and what they may add to the standard.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("{\"pix\":[]}")]
    [InlineData("{\"evento\":\"teste_webhook\",\"data_criacao\":\"2030-01-01\"}")]
    public async Task A_Pix_webhook_without_a_Pix_is_taken(string body)
    {
        using var response = await app.PostPixWebhookAsync(body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"pix\":1}")]
    [InlineData("{\"pix\":[{}]}")]
    [InlineData("{\"pix\":[null]}")]
    [InlineData("{\"pix\":[{\"endToEndId\":\"\",\"valor\":\"1.00\"}]}")]
    [InlineData("{\"pix\":[{\"endToEndId\":\"E\\u0000\",\"valor\":\"1.00\"}]}")]
    [InlineData("\0")]
    public async Task A_body_that_is_no_Pix_webhook_is_refused(string body)
    {
        using var response = await app.PostPixWebhookAsync(body);

        Assert.Equal("invalid", await PaymentsApp.ProblemAsync(response, HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task One_message_tells_of_several_Pix()
    {
        var orders = Enumerable.Range(0, 3).Select(_ => Guid.CreateVersion7()).ToArray();
        var txids = orders.Select(o => $"{o:N}01").ToArray();
        using (app.WebhookWire.Cut(e => txids.Any(e.Concerns)))
        {
            foreach (var id in orders)
            {
                await app.CreateAsync(PaymentsApp.Pix(id));
                await app.PayAsync($"{id:N}01");
            }

            using var response = await app.PostPixWebhookAsync(PaymentsApp.PixWebhook([.. txids, TxId]));

            // One of them is not known.
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            foreach (var id in orders)
                Assert.Equal(PaymentStatus.Settled, (await app.LatestAsync(id)).Status);
        }
    }

    [Theory]
    [InlineData(-6)]
    [InlineData(6)]
    public async Task A_webhook_from_another_time_is_refused(int minutesAgo)
    {
        using var response = await app.PostWebhookAsync(
            PaymentsApp.CardWebhook(order),
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
        using var response = await app.PostWebhookAsync(PaymentsApp.CardWebhook(order), signature: signature);

        await RefusedAsync(response);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"object\":\"event\",\"id\":1,\"type\":\"x\",\"data\":{}}")]
    [InlineData("{\"object\":\"event\",\"id\":\"\",\"type\":\"x\",\"data\":{\"object\":{\"object\":\"refund\"}}}")]
    [InlineData("{\"object\":\"event\",\"id\":\"x\",\"type\":\"x\",\"data\":null}")]
    [InlineData("{\"object\":\"v2.core.event\",\"id\":\"x\",\"type\":\"x\"}")]
    [InlineData("\0")]
    [InlineData(
        "{\"object\":\"event\",\"id\":\"\\u0000\",\"type\":\"x\",\"data\":{\"object\":{\"object\":\"refund\"}}}"
    )]
    [InlineData("{\"object\":\"event\",\"id\":\"x\",\"type\":\"\",\"data\":{\"object\":{\"object\":\"refund\"}}}")]
    public async Task A_signed_body_that_is_no_webhook_is_refused(string body)
    {
        using var response = await app.PostWebhookAsync(body);

        Assert.Equal("invalid", await PaymentsApp.ProblemAsync(response, HttpStatusCode.BadRequest));
    }

    /// <summary>Stripe tells of more than payments.</summary>
    [Fact]
    public async Task An_event_of_something_else_is_taken()
    {
        using var response = await app.PostWebhookAsync(
            """{"object":"event","id":"evt_1","type":"payout.paid","data":{"object":{"object":"payout","id":"po_1"}}}"""
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_huge_body_is_refused()
    {
        var body = new string(' ', 64 * 1024 + 1);

        using var signed = await app.PostWebhookAsync(body);
        using var pix = await app.PostPixWebhookAsync(body);

        Assert.Equal("too-large", await PaymentsApp.ProblemAsync(signed, HttpStatusCode.RequestEntityTooLarge));
        Assert.Equal("too-large", await PaymentsApp.ProblemAsync(pix, HttpStatusCode.RequestEntityTooLarge));
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

        using var response = await app.PostPixWebhookAsync(PaymentsApp.PixWebhook(TxId));

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
            var id = PaymentsApp.NewE2eid();
            var body = JsonSerializer.Serialize(new { pix = new[] { PaymentsApp.PixOf(TxId, id) } });

            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => app.PostPixWebhookAsync(body)));

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

        using var response = await app.PostPixWebhookAsync(PaymentsApp.PixWebhook(TxId));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(PaymentStatus.Refunded, (await app.LatestAsync(order)).Status);
        await app.PublishedOnceAsync<PaymentSettled>(order);
    }

    [Fact]
    public async Task A_webhook_about_an_unknown_payment_is_kept()
    {
        var id = PaymentsApp.NewE2eid();

        using var response = await app.PostPixWebhookAsync(
            JsonSerializer.Serialize(new { pix = new[] { PaymentsApp.PixOf(TxId, id) } })
        );

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(1, await StoredAsync(id));
    }

    [Theory]
    [InlineData("no-txid-of-ours")]
    [InlineData("\\u0000")]
    [InlineData("0123456789012345678901234567890123456789")]
    public async Task A_webhook_that_names_something_odd_is_kept(string txid)
    {
        using var response = await app.PostPixWebhookAsync(
            $$$"""{"pix":[{"endToEndId":"{{{PaymentsApp.NewE2eid()}}}","txid":"{{{txid}}}","valor":"1.00"}]}"""
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
                using var response = await app.PostPixWebhookAsync(body);
                Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            }

            using var repeated = await app.PostPixWebhookAsync(body);
            Assert.Equal(HttpStatusCode.OK, repeated.StatusCode);
            Assert.Equal(PaymentStatus.Settled, (await app.LatestAsync(order)).Status);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15001)]
    public async Task Another_amount_than_asked_for_is_refused(long amount)
    {
        await app.CreateAsync(PaymentsApp.Pix(order));

        await app.PayAsync(TxId, amount: amount);

        var failed = await app.PublishedOnceAsync<PaymentFailed>(order);
        Assert.Equal("amount-mismatch", failed.Reason);
        Assert.False(await app.CloseAsync(order));
        Assert.Empty(app.Published<PaymentSettled>(order));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
        Assert.Equal(0, await app.BalanceAsync(order, "Sales"));
        // The books say that it lies there, and that it is nobody's.
        Assert.Equal(amount, await app.BalanceAsync(order, "Provider"));
        Assert.Equal(-amount, await app.BalanceAsync(order, "Suspense"));
        using var again = await app.PostPixWebhookAsync(PaymentsApp.PixWebhook(TxId));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(-amount, await app.BalanceAsync(order, "Suspense"));
    }

    [Fact]
    public async Task What_is_paid_twice_is_sold_once_and_lies_apart()
    {
        var payment = await app.PaidAsync(order);

        await app.PayAsync(TxId, again: true);

        await Eventually.TrueAsync(async () => await app.BalanceAsync(order, "Suspense") == -15000);
        Assert.Equal(30000, await app.BalanceAsync(order, "Provider"));
        Assert.Equal(-13500, await app.BalanceAsync(order, "Sales"));
        await app.PublishedOnceAsync<PaymentSettled>(order);
        // What is given back is what was sold.
        Assert.Equal(payment.Amount, (await app.RefundAsync(order, $"{order}-refund")).Amount);
        Assert.Equal(15000, await app.BalanceAsync(order, "Provider"));
    }

    /// <summary>Each time has its posting, so that each goes back by itself.</summary>
    [Fact]
    public async Task What_is_paid_three_times_lies_apart_twice()
    {
        await app.PaidAsync(order);
        foreach (var more in new[] { 15000, 30000 })
        {
            await app.PayAsync(TxId, again: true);
            await Eventually.TrueAsync(async () => await app.BalanceAsync(order, "Suspense") == -more);
        }
        using (await app.PostPixWebhookAsync(PaymentsApp.PixWebhook(TxId))) { }
        Assert.Equal(
            2,
            await app.ScalarAsync(
                "SELECT count(*) FROM ledger_postings WHERE order_id = $1 AND kind = 'AmountRefused' AND amount = 15000",
                order
            )
        );

        await app.ExecuteAsync(
            """
            INSERT INTO ledger_postings (kind, payment_id, reference, order_id, debit, credit, amount, currency)
            SELECT 'AmountReturned', payment_id, reference, order_id, 'Suspense', 'Provider', amount, currency
            FROM ledger_postings WHERE kind = 'AmountRefused' AND order_id = $1 LIMIT 1
            """,
            order
        );

        Assert.Equal(-15000, await app.BalanceAsync(order, "Suspense"));
        Assert.Equal(30000, await app.BalanceAsync(order, "Provider"));
    }

    [Fact]
    public async Task Another_wrong_amount_lies_apart_too()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));
        await app.PayAsync(TxId, amount: 14000);
        await app.PublishedOnceAsync<PaymentFailed>(order);

        await app.PayAsync(TxId, amount: 14000, again: true);
        await Eventually.TrueAsync(async () => await app.BalanceAsync(order, "Suspense") == -28000);
        await app.PayAsync(TxId, again: true);

        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Equal(-28000, await app.BalanceAsync(order, "Suspense"));
        Assert.Equal(43000, await app.BalanceAsync(order, "Provider"));
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
