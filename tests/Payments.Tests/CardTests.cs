using System.Net;
using Ticketing.Contracts;

namespace Ticketing.Payments.Tests;

public sealed class CardTests(PaymentsApp app)
{
    private readonly Guid order = Guid.CreateVersion7();

    [Theory]
    [InlineData("4242424242424242", "visa", "4242")]
    [InlineData("5555555555554444", "mastercard", "4444")]
    public async Task An_approved_card_is_settled_in_the_answer(string number, string brand, string last4)
    {
        var request = PaymentsApp.Card(order, await app.CardTokenAsync(number));

        var payment = await app.CreateAsync(request);

        Assert.Equal(PaymentStatus.Settled, payment.Status);
        Assert.Equal((brand, last4), (payment.Card!.Brand, payment.Card.Last4));
        Assert.Null(payment.Pix);
        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
    }

    /// <summary>As the fields in the browser name it.</summary>
    [Fact]
    public async Task A_card_that_was_typed_into_the_fields_is_charged_by_its_confirmation_token()
    {
        var token = (await app.CardTokenAsync("4242424242424242")).Replace("tok_", "ctoken_", StringComparison.Ordinal);

        Assert.Equal(PaymentStatus.Settled, (await app.CreateAsync(PaymentsApp.Card(order, token))).Status);
    }

    [Theory]
    [InlineData("ctoken_nobody_knows", "invalid-token")]
    [InlineData("tok_decline", "declined")]
    [InlineData("tok_insufficient_funds", "insufficient-funds")]
    [InlineData("tok_nobody_knows", "invalid-token")]
    public async Task A_declined_card_is_an_answer_and_another_attempt_may_follow(string token, string reason)
    {
        var payment = await app.CreateAsync(PaymentsApp.Card(order, token));

        Assert.Equal((PaymentStatus.Failed, reason), (payment.Status, payment.FailureReason));
        var failed = await app.PublishedOnceAsync<PaymentFailed>(order);
        Assert.Equal((1, reason), (failed.Attempt, failed.Reason));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
        Assert.False(await app.CloseAsync(order));

        var second = await app.CreateAsync(PaymentsApp.Card(order, "tok_approve", attempt: 2));

        Assert.Equal(PaymentStatus.Settled, second.Status);
        Assert.Equal(2, (await app.LatestAsync(order)).Attempt);
        Assert.True(await app.CloseAsync(order));
    }

    [Fact]
    public async Task A_challenge_that_is_passed_settles()
    {
        var payment = await app.CreateAsync(PaymentsApp.Card(order, "tok_3ds"));
        Assert.Equal(PaymentStatus.Pending, payment.Status);

        await app.AnswerChallengeAsync(payment, "approve");

        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Null((await app.LatestAsync(order)).Card!.ChallengeUrl);
    }

    [Fact]
    public async Task A_challenge_that_is_failed_fails()
    {
        var payment = await app.CreateAsync(PaymentsApp.Card(order, "tok_3ds"));

        await app.AnswerChallengeAsync(payment, "fail");

        var failed = await app.PublishedOnceAsync<PaymentFailed>(order);
        Assert.Equal("authentication-failed", failed.Reason);
    }

    [Fact]
    public async Task A_card_that_settles_late_settles_by_webhook()
    {
        var payment = await app.CreateAsync(PaymentsApp.Card(order, "tok_settle_late"));
        Assert.Equal(PaymentStatus.Pending, payment.Status);

        await app.PublishedOnceAsync<PaymentSettled>(order);
    }

    [Fact]
    public async Task Closing_voids_an_open_challenge()
    {
        var payment = await app.CreateAsync(PaymentsApp.Card(order, "tok_3ds"));

        Assert.False(await app.CloseAsync(order));

        Assert.Equal(PaymentStatus.Cancelled, (await app.LatestAsync(order)).Status);
        var path = new Uri(payment.Card!.ChallengeUrl!).AbsolutePath;
        using var approved = await app.Sandbox.PostAsync($"{path}/approve", null);
        Assert.Equal("charge-not-open", await PaymentsApp.ProblemAsync(approved, HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task The_same_request_many_times_at_once_charges_once()
    {
        var token = await app.CardTokenAsync("4242424242424242");
        var request = PaymentsApp.Card(order, token);

        var payments = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => app.CreateAsync(request)));

        Assert.Single(payments.Select(p => p.Id).Distinct());
        Assert.All(payments, p => Assert.NotEqual(PaymentStatus.Failed, p.Status));
        var charges = await app.SandboxCountAsync("card_charges", "token", token);
        Assert.Equal(1, charges);
        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.Equal(15000, await app.BalanceAsync(order, "Provider"));
    }

    [Fact]
    public async Task Many_attempts_at_once_open_one()
    {
        var answers = await Task.WhenAll(Enumerable.Range(1, 10).Select(n => app.SendAsync(PaymentsApp.Pix(order, n))));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.OK))
            Assert.Equal("payment-open", await PaymentsApp.ProblemAsync(refused, HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task A_paid_order_takes_no_other_payment()
    {
        await app.CreateAsync(PaymentsApp.Card(order, "tok_approve"));

        using var second = await app.SendAsync(PaymentsApp.Pix(order, attempt: 2));

        Assert.Equal("payment-settled", await PaymentsApp.ProblemAsync(second, HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task An_attempt_is_not_another_payment_under_the_same_number()
    {
        await app.CreateAsync(PaymentsApp.Pix(order));

        using var dearer = await app.SendAsync(PaymentsApp.Pix(order, amount: 15001));

        Assert.Equal("payment-mismatch", await PaymentsApp.ProblemAsync(dearer, HttpStatusCode.Conflict));
    }

    public static TheoryData<CreatePayment> Nonsense { get; } =
    [
        PaymentsApp.Pix(Guid.CreateVersion7(), attempt: 0),
        PaymentsApp.Pix(Guid.CreateVersion7(), attempt: 100),
        PaymentsApp.Pix(Guid.CreateVersion7(), amount: 0),
        PaymentsApp.Pix(Guid.CreateVersion7(), amount: -1),
        PaymentsApp.Pix(Guid.CreateVersion7(), amount: long.MaxValue),
        PaymentsApp.Card(Guid.CreateVersion7(), ""),
        PaymentsApp.Card(Guid.CreateVersion7(), new string('t', 101)),
        PaymentsApp.Pix(Guid.CreateVersion7()) with
        {
            Amount = new(100, "REAL"),
        },
        PaymentsApp.Pix(Guid.CreateVersion7()) with
        {
            PayerName = new string('n', 201),
        },
    ];

    [Theory, MemberData(nameof(Nonsense))]
    public async Task Nonsense_is_refused(CreatePayment request)
    {
        using var response = await app.SendAsync(request);

        Assert.Equal("invalid", await PaymentsApp.ProblemAsync(response, HttpStatusCode.UnprocessableEntity));
    }

    [Fact]
    public async Task A_currency_that_the_provider_does_not_take_fails_the_payment()
    {
        var payment = await app.CreateAsync(PaymentsApp.Pix(order) with { Amount = new(100, "USD"), PlatformFee = 10 });

        Assert.Equal((PaymentStatus.Failed, "refused"), (payment.Status, payment.FailureReason));
    }

    [Fact]
    public async Task Requests_of_other_services_are_not_for_the_public()
    {
        using var response = await app.Public.PostAsync($"/internal/orders/{order}/close", null);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
