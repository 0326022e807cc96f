using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>Payments that ask soon again, and wait a second for a bank that is told to be down, slow or silent.</summary>
public sealed class BadDay : PaymentsApp
{
    protected override double CheckSeconds => 0.2;
    protected override int ProviderTimeoutSeconds => 1;

    /// <summary>Until it is set again.</summary>
    public async Task SetAsync(object fault)
    {
        var lasting = JsonSerializer.SerializeToNode(fault)!;
        lasting["seconds"] ??= 3600;
        using var response = await Sandbox.PutAsJsonAsync("/sandbox/faults", lasting);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>A good answer, too, may take longer than a second.</summary>
    public async Task<PaymentSnapshot> CreatedAsync(CreatePayment request) =>
        (
            await Eventually.GetAsync(
                async () =>
                {
                    using var response = await SendAsync(request);
                    return response.StatusCode == HttpStatusCode.ServiceUnavailable
                        ? null
                        : await ReadAsync<PaymentSnapshot>(response);
                },
                made => made is not null
            )
        )!;
}

/// <summary>A bad day of the bank and of the card processor, over both protocols: nothing is lost, nothing done twice.</summary>
public sealed class FaultTests(BadDay app) : IClassFixture<BadDay>, IAsyncLifetime
{
    public static readonly TheoryData<bool, string> Days = new()
    {
        { false, "down" },
        { false, "silent" },
        { false, "slow" },
        { true, "down" },
        { true, "silent" },
        { true, "slow" },
    };

    private readonly Guid order = Guid.CreateVersion7();
    private PaymentSnapshot? payment;

    private string TxId => $"{order:N}01";

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync() => await app.SetAsync(new { });

    private CreatePayment Request(bool card) => card ? PaymentsApp.Card(order, "tok_approve") : PaymentsApp.Pix(order);

    private async Task PayAsync(bool card)
    {
        if (!card)
            await app.PayAsync(TxId);
        await app.PublishedOnceAsync<PaymentSettled>(order);
    }

    /// <summary>What only a webhook tells, or who asks.</summary>
    private async Task PaidLaterAsync(bool card)
    {
        payment = await app.CreatedAsync(card ? PaymentsApp.Card(order, "tok_settle_late") : PaymentsApp.Pix(order));
        await PayAsync(card);
    }

    private bool Names(Exchange webhook) => webhook.Concerns(TxId) || webhook.Concerns($"{payment!.Id}");

    private async Task<long> ChargesAsync(bool card) =>
        card
            ? await app.SandboxCountAsync("card_charges", "reference", (await app.PaymentIdsAsync(order)).Single())
            : await app.SandboxCountAsync("pix_charges", "tx_id", TxId);

    [Theory]
    [MemberData(nameof(Days))]
    public async Task A_purchase_on_a_bad_day_is_refused_and_done_once_when_it_is_over(bool card, string day)
    {
        await app.SetAsync(new { api = day, delaySeconds = 30 });
        for (var again = 0; again < 2; again++)
        {
            using var refused = await app.SendAsync(Request(card));
            Assert.Equal(
                "payment-provider-unavailable",
                await PaymentsApp.ProblemAsync(refused, HttpStatusCode.ServiceUnavailable)
            );
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        await app.SetAsync(new { });

        await app.CreatedAsync(Request(card));
        await PayAsync(card);
        Assert.Equal(1, await ChargesAsync(card));
        Assert.Equal(15000, await app.BalanceAsync(order, "Provider"));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
        Assert.Empty(app.Published<PaymentFailed>(order));
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task A_refund_on_a_bad_day_is_owed_and_made_once_when_it_is_over(bool card, string day)
    {
        await app.CreatedAsync(Request(card));
        await PayAsync(card);
        await app.SetAsync(new { api = day, delaySeconds = 30 });
        Assert.False((await app.RefundAsync(order, "bad-day")).Completed);
        Assert.False((await app.RefundAsync(order, "bad-day")).Completed);

        await app.SetAsync(new { });

        await app.PublishedOnceAsync<PaymentRefunded>(order);
        Assert.Equal(1, await app.RefundsAtProviderAsync(order));
        Assert.Equal(0, await app.BalanceAsync(order, "Provider"));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
    }

    [Theory]
    [MemberData(nameof(Days))]
    public async Task Parts_on_a_bad_day_are_made_once_each_and_then_what_is_left(bool card, string day)
    {
        var payment = await app.CreatedAsync(Request(card));
        await PayAsync(card);
        await app.SetAsync(new { api = day, delaySeconds = 30 });
        var parts = new[] { Guid.CreateVersion7(), Guid.CreateVersion7() };
        foreach (var id in parts.Concat(parts))
            Assert.False((await app.RefundPartAsync(payment, id, 4000)).Completed);
        Assert.Equal(7000, (await app.RefundAsync(order, "bad-day")).Amount.Amount);

        await app.SetAsync(new { });

        await app.WaitForAsync<PaymentRefunded>(order, 3);
        Assert.Equal(3, await app.RefundsAtProviderAsync(order));
        Assert.Equal(0, await app.BalanceAsync(order, "Provider"));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
    }

    [Theory]
    [InlineData("down")]
    [InlineData("silent")]
    [InlineData("slow")]
    public async Task A_pix_that_is_paid_on_a_bad_day_is_not_given_up(string day)
    {
        await app.CreatedAsync(Request(card: false));
        await app.SetAsync(new { api = day, delaySeconds = 30 });
        await app.PayAsync(TxId);
        using (var refused = await app.SendCloseAsync(order))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);

        await app.SetAsync(new { });

        await app.PublishedOnceAsync<PaymentSettled>(order);
        Assert.True(await app.CloseAsync(order));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_lost_webhooks_would_have_told_is_asked_for(bool card)
    {
        await app.SetAsync(new { webhooks = "lost" });

        await PaidLaterAsync(card);

        await Eventually.TrueAsync(async () => await app.SandboxScalarAsync("SELECT count(*) FROM webhooks") == 0);
        Assert.DoesNotContain(app.WebhookWire.Seen, Names);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Late_webhooks_come_when_it_is_over(bool card)
    {
        await app.SetAsync(new { webhooks = "late" });
        await PaidLaterAsync(card);
        Assert.DoesNotContain(app.WebhookWire.Seen, Names);

        await app.SetAsync(new { });

        await Eventually.TrueAsync(() => Task.FromResult(app.WebhookWire.Seen.Any(Names)));
        Assert.Single(app.Published<PaymentSettled>(order));
    }

    [Fact]
    public async Task An_answer_after_our_patience_is_repaired_by_repeating()
    {
        var held = app.ProviderWire.Hold(e => e.Method == "PUT" && e.Concerns(TxId));

        using var response = await app.SendAsync(Request(card: false));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        held.Release.SetResult();

        Assert.Equal(TxId, (await app.CreatedAsync(Request(card: false))).Pix!.TxId);
    }

    [Fact]
    public async Task It_ends_by_itself()
    {
        await app.SetAsync(
            new
            {
                api = "down",
                webhooks = "twice",
                seconds = 1,
            }
        );

        await Eventually.TrueAsync(async () =>
        {
            var now = await app.Sandbox.GetFromJsonAsync<JsonElement>("/sandbox/faults");
            return (now.GetProperty("api").GetString(), now.GetProperty("webhooks").GetString())
                == ("normal", "normal");
        });
    }

    [Theory]
    [InlineData("""{ "api": "burning" }""", 400)]
    [InlineData("""{ "api": 1 }""", 400)]
    [InlineData("""{ "webhooks": null }""", 400)]
    [InlineData("""{ "seconds": 0 }""", 400)]
    [InlineData("""{ "seconds": 3601 }""", 400)]
    [InlineData("""{ "seconds": 1e99 }""", 400)]
    [InlineData("""{ "delaySeconds": 61 }""", 400)]
    [InlineData("[]", 400)]
    [InlineData("", 400)]
    public async Task Another_fault_there_is_not(string body, int status)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var refused = await app.Sandbox.PutAsync("/sandbox/faults", content);

        Assert.Equal(status, (int)refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
    }
}
