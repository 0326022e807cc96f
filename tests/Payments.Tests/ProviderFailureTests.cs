using System.Net;
using Ticketing.Contracts;

namespace Ticketing.Payments.Tests;

public sealed class ProviderFailureTests(PaymentsApp app)
{
    private readonly Guid order = Guid.CreateVersion7();

    private string TxId => $"{order:N}01";

    [Fact]
    public async Task A_silent_provider_is_a_typed_503_and_nothing_is_lost()
    {
        using (app.ProviderWire.Cut(e => e.Concerns(TxId)))
        {
            using var response = await app.SendAsync(PaymentsApp.Pix(order));
            Assert.Equal(
                "payment-provider-unavailable",
                await PaymentsApp.ProblemAsync(response, HttpStatusCode.ServiceUnavailable)
            );
            Assert.NotNull(response.Headers.RetryAfter);
            Assert.Equal(PaymentStatus.Pending, (await app.LatestAsync(order)).Status);
        }

        var payment = await app.CreateAsync(PaymentsApp.Pix(order));

        Assert.Equal(TxId, payment.Pix!.TxId);
    }

    [Fact]
    public async Task A_lost_answer_about_a_Pix_is_repaired_by_repeating()
    {
        using (app.ProviderWire.LoseAnswers(e => e.Concerns(TxId)))
        {
            using var response = await app.SendAsync(PaymentsApp.Pix(order));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }

        var payment = await app.CreateAsync(PaymentsApp.Pix(order));

        await app.PayAsync(payment.Pix!.TxId);
        await app.PublishedOnceAsync<PaymentSettled>(order);
    }

    [Fact]
    public async Task A_lost_answer_about_a_card_never_charges_it_again()
    {
        var token = await app.CardTokenAsync("4242424242424242");
        var request = PaymentsApp.Card(order, token);
        using (app.ProviderWire.LoseAnswers(e => e.Concerns(token)))
        {
            using var response = await app.SendAsync(request);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }

        var payment = await app.CreateAsync(request);

        Assert.Equal(PaymentStatus.Settled, payment.Status);
        Assert.Equal(1, await app.SandboxCountAsync("card_charges", "token", token));
        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Equal(15000, await app.BalanceAsync(order, "Provider"));
    }

    [Fact]
    public async Task A_repeat_with_another_card_answers_what_the_first_one_did()
    {
        var token = await app.CardTokenAsync("4242424242424242");
        using (app.ProviderWire.LoseAnswers(e => e.Concerns(token)))
        using (await app.SendAsync(PaymentsApp.Card(order, token))) { }

        var payment = await app.CreateAsync(PaymentsApp.Card(order, "tok_decline"));

        Assert.Equal(PaymentStatus.Settled, payment.Status);
        Assert.Empty(app.Published<PaymentFailed>(order));
    }

    [Fact]
    public async Task A_lost_answer_about_a_card_is_repaired_by_its_webhook()
    {
        var token = await app.CardTokenAsync("4242424242424242");
        using var fault = app.ProviderWire.LoseAnswers(e => e.Concerns(token));

        using var response = await app.SendAsync(PaymentsApp.Card(order, token));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.True(await app.CloseAsync(order));
    }

    [Fact]
    public async Task Nothing_is_closed_while_the_provider_is_silent()
    {
        var payment = await app.CreateAsync(PaymentsApp.Pix(order));
        using (app.ProviderWire.Cut(e => e.Concerns(TxId)))
        {
            using var response = await app.SendCloseAsync(order);
            Assert.Equal(
                "payment-provider-unavailable",
                await PaymentsApp.ProblemAsync(response, HttpStatusCode.ServiceUnavailable)
            );
            Assert.Equal(PaymentStatus.Pending, (await app.LatestAsync(order)).Status);
        }

        await app.PayAsync(payment.Pix!.TxId);
        Assert.True(await app.CloseAsync(order));
    }

    [Fact]
    public async Task A_lost_answer_about_a_cancellation_is_repaired_by_repeating()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));
        using (app.ProviderWire.LoseAnswers(e => e.Method == "PATCH" && e.Concerns(TxId)))
        {
            using var response = await app.SendCloseAsync(order);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }

        Assert.False(await app.CloseAsync(order));

        Assert.Equal(PaymentStatus.Cancelled, (await app.LatestAsync(order)).Status);
    }

    [Fact]
    public async Task A_Pix_that_is_closed_while_it_is_being_created_cannot_be_paid()
    {
        var held = app.ProviderWire.Hold(e => e.Method == "PUT" && e.Concerns(TxId));
        var creating = app.SendAsync(PaymentsApp.Pix(order));
        await held.Arrived.Task;

        Assert.False(await app.CloseAsync(order));
        held.Release.SetResult();

        using var created = await creating;
        var payment = await PaymentsApp.ReadAsync<PaymentSnapshot>(created);
        Assert.Equal(PaymentStatus.Cancelled, payment.Status);
        using var paid = await app.Sandbox.PostAsync($"/sandbox/pix/{TxId}/pay", null);
        Assert.Equal(HttpStatusCode.Conflict, paid.StatusCode);
    }

    [Fact]
    public async Task A_challenged_card_that_is_closed_while_it_is_being_created_is_voided()
    {
        var token = await app.CardTokenAsync("4000000000003220");
        var held = app.ProviderWire.Hold(e => e.Method == "POST" && e.Concerns(token));
        var creating = app.SendAsync(PaymentsApp.Card(order, token));
        await held.Arrived.Task;

        Assert.False(await app.CloseAsync(order));
        held.Release.SetResult();

        using var created = await creating;
        var payment = await PaymentsApp.ReadAsync<PaymentSnapshot>(created);
        Assert.Equal(PaymentStatus.Cancelled, payment.Status);
        Assert.Equal(0, await app.SandboxCountAsync("card_charges", "status", "RequiresAction", token));
    }

    [Fact]
    public async Task A_card_that_is_closed_while_it_is_being_charged_is_late_money()
    {
        var token = await app.CardTokenAsync("4242424242424242");
        var held = app.ProviderWire.Hold(e => e.Method == "POST" && e.Concerns(token));
        var creating = app.SendAsync(PaymentsApp.Card(order, token));
        await held.Arrived.Task;

        Assert.False(await app.CloseAsync(order));
        held.Release.SetResult();

        using var created = await creating;
        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.True(await app.CloseAsync(order));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
    }
}
