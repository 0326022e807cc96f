using System.Net;
using System.Net.Http.Json;
using Ticketing.Contracts;

namespace Ticketing.Payments.Tests;

public sealed class RefundTests(PaymentsApp app)
{
    private readonly Guid order = Guid.CreateVersion7();

    private string Operation => $"{order}-refund";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_paid_order_gets_its_money_back_once(bool card)
    {
        var payment = card ? await app.CreateAsync(PaymentsApp.Card(order, "tok_approve")) : await app.PaidAsync(order);

        var first = await app.RefundAsync(order, Operation);
        var again = await app.RefundAsync(order, Operation);

        Assert.Equal(new RefundAccepted(payment.Amount, true), first);
        Assert.Equal(first, again);
        var refunded = await app.PublishedOnceAsync<PaymentRefunded>(order);
        Assert.Equal((payment.Id, payment.Amount), (refunded.PaymentId, refunded.Amount));
        Assert.Equal(PaymentStatus.Refunded, (await app.LatestAsync(order)).Status);
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
        Assert.Equal(0, await app.BalanceAsync(order, "Provider"));
        Assert.False(await app.CloseAsync(order));
    }

    [Fact]
    public async Task Refunds_in_parallel_give_back_once()
    {
        var payment = await app.PaidAsync(order);

        var same = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.RefundAsync(order, Operation)));
        var others = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => app.RefundAsync(order, $"{Operation}-{n}")));

        Assert.All(same, refund => Assert.Equal(payment.Amount, refund.Amount));
        Assert.All(others, refund => Assert.Equal(0, refund.Amount.Amount));
        await app.PublishedOnceAsync<PaymentRefunded>(order);
        Assert.Equal(1, await app.RefundsAtProviderAsync(order));
    }

    [Fact]
    public async Task Different_refunds_at_once_give_back_once_in_all()
    {
        await app.PaidAsync(order);

        var refunds = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(n => app.RefundAsync(order, $"{Operation}-{n}"))
        );

        Assert.Equal(15000, refunds.Sum(r => r.Amount.Amount));
        await app.PublishedOnceAsync<PaymentRefunded>(order);
        Assert.Equal(1, await app.RefundsAtProviderAsync(order));
    }

    [Fact]
    public async Task Nothing_paid_is_nothing_to_give_back_also_when_money_comes_later()
    {
        var payment = await app.CreateAsync(PaymentsApp.Pix(order));
        Assert.Equal(new RefundAccepted(new(0, PaymentsApp.Reais), true), await app.RefundAsync(order, Operation));

        await app.PayAsync(payment.Pix!.TxId);
        await app.PublishedOnceAsync<PaymentSettled>(order);

        Assert.Equal(0, (await app.RefundAsync(order, Operation)).Amount.Amount);
        Assert.Equal(PaymentStatus.Settled, (await app.LatestAsync(order)).Status);
    }

    [Fact]
    public async Task One_of_two_payments_is_given_back_alone()
    {
        var first = await app.CreateAsync(PaymentsApp.Pix(order));
        await app.CloseAsync(order);
        var second = await app.PaidAsync(order, attempt: 2);
        await app.PayAsync(first.Pix!.TxId, late: true);
        await app.WaitForAsync<PaymentSettled>(order, 2);

        var refund = await app.RefundAsync(order, Operation, first.Id);

        Assert.Equal(first.Amount, refund.Amount);
        Assert.Equal(first.Id, (await app.PublishedOnceAsync<PaymentRefunded>(order)).PaymentId);
        Assert.True(await app.CloseAsync(order));
        Assert.Equal(second.Id, (await app.LatestAsync(order)).Id);

        var rest = await app.RefundAsync(order, $"{Operation}-all");

        Assert.Equal(second.Amount, rest.Amount);
        Assert.False(await app.CloseAsync(order));
    }

    [Fact]
    public async Task Another_orders_payment_is_not_given_back()
    {
        var other = await app.PaidAsync(Guid.CreateVersion7());

        Assert.Equal(0, (await app.RefundAsync(order, Operation, other.Id)).Amount.Amount);

        Assert.Equal(PaymentStatus.Settled, (await app.LatestAsync(other.OrderId)).Status);
    }

    [Fact]
    public async Task A_refund_that_the_provider_does_not_answer_is_accepted_and_can_be_repeated()
    {
        var token = await app.CardTokenAsync("4242424242424242");
        await app.CreateAsync(PaymentsApp.Card(order, token));
        var charge = await app.ChargeIdAsync((await app.LatestAsync(order)).Id);
        using (app.ProviderWire.LoseAnswers(e => e.Method == "POST" && e.Concerns(charge)))
        using (app.WebhookWire.Cut(e => e.Body.Contains("refund", StringComparison.Ordinal)))
        {
            var accepted = await app.RefundAsync(order, Operation);
            Assert.Equal((15000, false), (accepted.Amount.Amount, accepted.Completed));
        }

        Assert.True((await app.RefundAsync(order, Operation)).Completed);

        await app.PublishedOnceAsync<PaymentRefunded>(order);
        Assert.Equal(1, await app.RefundsAtProviderAsync(order));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_disputed_payment_is_not_given_back(bool card)
    {
        var payment = card ? await app.CreateAsync(PaymentsApp.Card(order, "tok_approve")) : await app.PaidAsync(order);
        await app.DisputeAsync(payment);
        await app.DisputedAsync(payment.Id);

        using var refused = await app.SendRefundAsync(order, Operation);

        Assert.Equal("payment-disputed", await PaymentsApp.ProblemAsync(refused, HttpStatusCode.Conflict));
        Assert.Equal(0, await app.RefundsAtProviderAsync(order));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
        Assert.Equal(0, await app.BalanceAsync(order, "Provider"));
        Assert.Equal(15000, await app.BalanceAsync(order, "Disputes"));
        Assert.Equal(PaymentStatus.Settled, (await app.LatestAsync(order)).Status);
    }

    [Fact]
    public async Task Of_two_payments_only_the_undisputed_one_is_given_back()
    {
        var first = await app.CreateAsync(PaymentsApp.Pix(order));
        await app.CloseAsync(order);
        var second = await app.PaidAsync(order, attempt: 2);
        await app.PayAsync(first.Pix!.TxId, late: true);
        await app.WaitForAsync<PaymentSettled>(order, 2);
        await app.DisputeAsync(first);
        await app.DisputedAsync(first.Id);

        Assert.Equal(second.Amount, (await app.RefundAsync(order, Operation)).Amount);

        Assert.Equal(second.Id, (await app.PublishedOnceAsync<PaymentRefunded>(order)).PaymentId);
        Assert.Equal(0, await app.BalanceAsync(order, "Provider"));
    }

    /// <summary>The provider never heard of the refund, then the bank asked: the money goes out once, when it has decided.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refund_that_a_dispute_overtakes_waits_for_its_outcome(bool won)
    {
        var payment = await app.PaidAsync(order);
        var settlement = await app.ChargeIdAsync(payment.Id);
        using (app.ProviderWire.Cut(e => e.Method == "PUT" && e.Concerns(settlement)))
        {
            Assert.False((await app.RefundAsync(order, Operation)).Completed);
            await app.DisputeAsync(payment);
            await app.PublishedOnceAsync<PaymentDisputed>(order);
        }
        Assert.False((await app.RefundAsync(order, Operation)).Completed);
        await app.EndDisputeAsync(payment, won);

        await app.PublishedOnceAsync<PaymentRefunded>(order);
        Assert.Equal(won ? 1 : 0, await app.RefundsAtProviderAsync(order));
        foreach (var account in new[] { "Receivable", "Disputes", "Chargebacks", "Provider" })
            Assert.Equal(0, await app.BalanceAsync(order, account));
        Assert.True((await app.RefundAsync(order, Operation)).Completed);
    }

    /// <summary>The provider made the refund, its answer was lost, and it says disputed all the same.</summary>
    [Fact]
    public async Task A_dispute_of_what_was_given_back_moves_no_money()
    {
        var payment = await app.PaidAsync(order);
        await app.RefundAsync(order, Operation);
        await app.SandboxExecuteAsync(
            """
            INSERT INTO refunds (charge, id, amount, currency, status, completes_at, nature)
            SELECT end_to_end_id, 'MED', amount, 'BRL', 'Completed', now(), 'MED_FRAUDE' FROM pix_received WHERE tx_id = $1
            """,
            $"{order:N}01"
        );

        using var webhook = await app.PostPixWebhookAsync(PaymentsApp.PixWebhook($"{order:N}01"));

        Assert.Equal(HttpStatusCode.OK, webhook.StatusCode);
        await app.PublishedOnceAsync<PaymentDisputed>(order);
        Assert.Equal(0, await app.BalanceAsync(order, "Disputes"));
        Assert.Equal(0, await app.BalanceAsync(order, "Provider"));
        Assert.Equal(payment.Amount.Amount, await app.BalanceAsync(order, "Refunds"));
    }

    [Theory]
    [InlineData("", "buyer")]
    [InlineData(null, "long")]
    public async Task Nonsense_is_refused(string? operation, string reason)
    {
        var request = new RefundOrder(operation ?? Operation, reason == "long" ? new string('r', 501) : reason);

        using var response = await app.Payments.PostAsJsonAsync($"/internal/orders/{order}/refunds", request);

        Assert.Equal("invalid", await PaymentsApp.ProblemAsync(response, HttpStatusCode.UnprocessableEntity));
    }
}
