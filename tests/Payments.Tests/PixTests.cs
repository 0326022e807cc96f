using System.Net;
using Ticketing.Contracts;

namespace Ticketing.Payments.Tests;

public sealed class PixTests(PaymentsApp app)
{
    private readonly Guid order = Guid.CreateVersion7();

    [Fact]
    public async Task A_paid_Pix_settles_the_payment_once()
    {
        var payment = await app.CreateAsync(PaymentsApp.Pix(order));
        Assert.Equal(PaymentStatus.Pending, payment.Status);
        Assert.Matches("^[a-zA-Z0-9]{26,35}$", payment.Pix!.TxId);

        await app.PayAsync(payment.Pix.TxId);

        var settled = await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Equal((payment.Id, payment.Amount), (settled.PaymentId, settled.Amount));
        Assert.Equal(PaymentStatus.Settled, (await app.LatestAsync(order)).Status);
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
        Assert.Equal(15000, await app.BalanceAsync(order, "Provider"));
    }

    [Fact]
    public async Task The_BR_Code_says_whom_and_how_much()
    {
        var payment = await app.CreateAsync(PaymentsApp.Pix(order, amount: 12345));

        var read = payment.Pix!.CopyPaste;

        Assert.Contains("5406123.45", read, StringComparison.Ordinal);
        Assert.Contains("5925Ingressos Sao Joao Produc", read, StringComparison.Ordinal);
        Assert.Contains("6009Sao Paulo", read, StringComparison.Ordinal);
        Assert.Contains(payment.Pix.TxId, read, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_payment_cannot_be_paid_any_more()
    {
        var payment = await app.CreateAsync(PaymentsApp.Pix(order));

        Assert.False(await app.CloseAsync(order));
        Assert.False(await app.CloseAsync(order));

        Assert.Equal(PaymentStatus.Cancelled, (await app.LatestAsync(order)).Status);
        using var paid = await app.Sandbox.PostAsync($"/sandbox/pix/{payment.Pix!.TxId}/pay", null);
        Assert.Equal("charge-cancelled", await PaymentsApp.ProblemAsync(paid, HttpStatusCode.Conflict));
        Assert.Empty(app.Published<PaymentFailed>(order));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
    }

    [Fact]
    public async Task Closing_finds_money_whose_webhook_was_lost()
    {
        var payment = await app.CreateAsync(PaymentsApp.Pix(order));
        using (app.WebhookWire.Cut(e => e.Concerns(payment.Pix!.TxId)))
        {
            await app.PayAsync(payment.Pix!.TxId);

            Assert.True(await app.CloseAsync(order));

            Assert.Equal(PaymentStatus.Settled, (await app.LatestAsync(order)).Status);
        }
        await app.PublishedOnceAsync<PaymentSettled>(order);
    }

    [Fact]
    public async Task Late_money_on_a_cancelled_payment_still_settles_it()
    {
        var payment = await app.CreateAsync(PaymentsApp.Pix(order));
        Assert.False(await app.CloseAsync(order));

        await app.PayAsync(payment.Pix!.TxId, late: true);

        var settled = await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Equal(payment.Id, settled.PaymentId);
        Assert.True(await app.CloseAsync(order));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
        Assert.Equal(15000, await app.BalanceAsync(order, "Provider"));
    }

    [Fact]
    public async Task A_Pix_is_payable_after_its_expiry_until_it_is_closed()
    {
        var request = PaymentsApp.Pix(order) with { ExpiresAt = TimeProvider.System.GetUtcNow().AddSeconds(-30) };
        var payment = await app.CreateAsync(request);

        await app.PayAsync(payment.Pix!.TxId);

        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.True(await app.CloseAsync(order));
    }

    [Fact]
    public async Task Closing_and_paying_at_once_have_one_outcome()
    {
        for (var i = 0; i < 20; i++)
        {
            var id = Guid.CreateVersion7();
            var payment = await app.CreateAsync(PaymentsApp.Pix(id));
            var pay = app.Sandbox.PostAsync($"/sandbox/pix/{payment.Pix!.TxId}/pay", null);
            var closes = await Task.WhenAll(app.CloseAsync(id), app.CloseAsync(id));
            using var paid = await pay;

            var settled = paid.IsSuccessStatusCode;
            Assert.All(closes, closed => Assert.Equal(settled, closed));
            Assert.Equal(settled ? PaymentStatus.Settled : PaymentStatus.Cancelled, (await app.LatestAsync(id)).Status);
            if (settled)
                await app.PublishedOnceAsync<PaymentSettled>(id);
            Assert.Equal(0, await app.BalanceAsync(id, "Receivable"));
            Assert.Equal(settled ? 15000 : 0, await app.BalanceAsync(id, "Provider"));
        }
    }

    [Fact]
    public async Task Closing_an_order_without_a_payment_settles_nothing()
    {
        Assert.False(await app.CloseAsync(order));
    }
}
