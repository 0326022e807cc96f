using System.Net;
using System.Net.Http.Json;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>Parts of a payment that are given back, over both protocols.</summary>
public sealed class PartialRefundTests(PaymentsApp app)
{
    private readonly Guid order = Guid.CreateVersion7();

    private Task<PaymentSnapshot> PaidAsync(bool card) =>
        card ? app.CreateAsync(PaymentsApp.Card(order, "tok_approve")) : app.PaidAsync(order);

    private async Task BooksAsync(long provider, long refunds, long fees)
    {
        // A refund that another one overtook at the provider waits for the checks.
        await Eventually.TrueAsync(async () => await app.BalanceAsync(order, "Receivable") == 0);
        Assert.Equal(provider, await app.BalanceAsync(order, "Provider"));
        Assert.Equal(refunds, await app.BalanceAsync(order, "Refunds"));
        Assert.Equal(-fees, await app.BalanceAsync(order, "PlatformFees"));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Parts_go_back_once_each_and_then_the_rest(bool card)
    {
        var payment = await PaidAsync(card);
        var (one, two) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        Assert.Equal(new(new(4000, PaymentsApp.Reais), true), await app.RefundPartAsync(payment, one, 4000, fee: 400));
        Assert.Equal(new(new(4000, PaymentsApp.Reais), true), await app.RefundPartAsync(payment, one, 4000, fee: 400));
        Assert.Equal(1000, (await app.RefundPartAsync(payment, two, 1000)).Amount.Amount);

        await BooksAsync(provider: 10000, refunds: 5000, fees: 1100);
        Assert.Equal(2, await app.RefundsAtProviderAsync(order));
        var told = await app.WaitForAsync<PaymentRefunded>(order, 2);
        Assert.Equal(
            [(one, payment.Id, 4000L), (two, payment.Id, 1000L)],
            told.Select(t => (t.RefundId, t.PaymentId, t.Amount.Amount)).OrderByDescending(t => t.Amount)
        );
        Assert.Equal(PaymentStatus.Settled, (await app.LatestAsync(order)).Status);

        var rest = await app.RefundAsync(order, "rest");

        Assert.Equal(new(new(10000, PaymentsApp.Reais), true), rest);
        Assert.Equal(PaymentStatus.Refunded, (await app.LatestAsync(order)).Status);
        await BooksAsync(provider: 0, refunds: 15000, fees: 0);
        Assert.Contains(await app.WaitForAsync<PaymentRefunded>(order, 3), t => t.RefundId == payment.Id);
        Assert.Equal(0, (await app.RefundPartAsync(payment, Guid.CreateVersion7(), 1)).Amount.Amount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Never_more_than_was_paid_however_many_ask_at_once(bool card)
    {
        var payment = await PaidAsync(card);

        var parts = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => app.RefundPartAsync(payment, Guid.CreateVersion7(), 4000, fee: 500))
        );
        var whole = await app.RefundAsync(order, "all");

        Assert.Equal(15000, parts.Sum(p => p.Amount.Amount));
        Assert.Equal(3, parts.Count(p => p.Amount.Amount == 4000));
        Assert.Equal(0, whole.Amount.Amount);
        await BooksAsync(provider: 0, refunds: 15000, fees: 0);
        Assert.Equal(4, await app.RefundsAtProviderAsync(order));
    }

    [Fact]
    public async Task A_part_and_all_at_once_give_back_what_was_paid()
    {
        var payment = await app.PaidAsync(order);

        var (part, whole) = (
            app.RefundPartAsync(payment, Guid.CreateVersion7(), 4000, fee: 400),
            app.RefundAsync(order, "all")
        );

        Assert.Equal(15000, (await part).Amount.Amount + (await whole).Amount.Amount);
        await Eventually.TrueAsync(async () => await app.BalanceAsync(order, "Receivable") == 0);
        await BooksAsync(provider: 0, refunds: 15000, fees: 0);
    }

    /// <summary>The provider did it and its answer was lost; a day later it has forgotten the key, not the refund.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_part_whose_answer_was_lost_is_not_given_back_twice(bool card)
    {
        var payment = await PaidAsync(card);
        var id = Guid.CreateVersion7();
        var charge = await app.ChargeIdAsync(payment.Id);
        using (app.ProviderWire.LoseAnswers(e => (card ? e.Method == "POST" : e.Method == "PUT") && e.Concerns(charge)))
        using (app.WebhookWire.Cut(_ => true))
            Assert.Equal(new(new(4000, PaymentsApp.Reais), false), await app.RefundPartAsync(payment, id, 4000));
        if (card)
            await app.SandboxExecuteAsync("UPDATE refunds SET id = 'forgotten' WHERE charge = $1", charge);

        Assert.True((await app.RefundPartAsync(payment, id, 4000)).Completed);

        Assert.Equal(1, await app.RefundsAtProviderAsync(order));
        await BooksAsync(provider: 11000, refunds: 4000, fees: 1500);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_disputed_payment_no_part_goes_back(bool card)
    {
        var payment = await PaidAsync(card);
        await app.RefundPartAsync(payment, Guid.CreateVersion7(), 4000);
        await app.DisputeAsync(payment);
        await app.DisputedAsync(payment.Id);

        using var refused = await app.SendPartAsync(payment, Guid.CreateVersion7(), 1000);

        Assert.Equal("payment-disputed", await PaymentsApp.ProblemAsync(refused, HttpStatusCode.Conflict));
        Assert.Equal(11000, await app.BalanceAsync(order, "Disputes"));
        await app.EndDisputeAsync(payment, won: true);
        await app.DisputeAsync(order, DisputeState.Won);
        Assert.Equal(1000, (await app.RefundPartAsync(payment, Guid.CreateVersion7(), 1000)).Amount.Amount);
        await BooksAsync(provider: 10000, refunds: 5000, fees: 1500);
    }

    /// <summary>The bank took all while the part was on its way: what it owed, the payer has.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_part_that_a_dispute_overtakes_is_paid_by_it(bool card)
    {
        var payment = await PaidAsync(card);
        var charge = await app.ChargeIdAsync(payment.Id);
        using (app.ProviderWire.Cut(e => (card ? e.Method == "POST" : e.Method == "PUT") && e.Concerns(charge)))
        {
            Assert.False((await app.RefundPartAsync(payment, Guid.CreateVersion7(), 4000)).Completed);
            // Until it is known here: the refund is tried again whenever its time comes.
            await app.DisputeAsync(payment);
            await app.DisputedAsync(payment.Id);
        }

        await app.EndDisputeAsync(payment, won: false);

        await app.DisputeAsync(order, DisputeState.Lost);
        await Eventually.TrueAsync(async () => await app.BalanceAsync(order, "Receivable") == 0);
        await BooksAsync(provider: 0, refunds: 4000, fees: 1500);
        Assert.Equal(11000, await app.BalanceAsync(order, "Chargebacks"));
        Assert.Equal(0, await app.RefundsAtProviderAsync(order));
        Assert.Equal(4000, (await app.PublishedOnceAsync<PaymentRefunded>(order)).Amount.Amount);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    [InlineData(10, 11)]
    [InlineData(10, -1)]
    public async Task Nonsense_is_refused(long amount, long fee)
    {
        var request = new RefundPart(Guid.CreateVersion7(), Guid.CreateVersion7(), amount, fee);

        using var response = await app.Payments.PostAsJsonAsync($"/internal/orders/{order}/refunds/parts", request);

        Assert.Equal("invalid", await PaymentsApp.ProblemAsync(response, HttpStatusCode.UnprocessableEntity));
    }

    [Fact]
    public async Task Another_orders_payment_is_not_found()
    {
        var other = await app.PaidAsync(Guid.CreateVersion7());

        using var response = await app.SendPartAsync(other with { OrderId = order }, Guid.CreateVersion7(), 1000);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
