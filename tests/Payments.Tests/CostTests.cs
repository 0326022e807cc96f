using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>Of its own, so that nobody else's movers are in the figures.</summary>
public sealed class CountedPayments : PaymentsApp;

public sealed class CostTests(CountedPayments app) : IClassFixture<CountedPayments>
{
    private readonly Guid order = Guid.CreateVersion7();

    /// <summary>How many statements a request sends until its answer, and which; all requests of a test are one trace.</summary>
    private static async Task<int> StatementsAsync(Spans spans, Func<Task> send, string route)
    {
        var before = Seen();
        await send();
        await Eventually.TrueAsync(() => Task.FromResult(Requests(Seen()) > Requests(before)));
        return Statements(Seen()) - Statements(before);

        IReadOnlyList<Activity> Seen() => spans.Of(Activity.Current!.TraceId);
        // Opening a connection is a span too.
        int Statements(IReadOnlyList<Activity> all) => all.Count(s => s.GetTagItem("db.query.text") is not null);
        int Requests(IReadOnlyList<Activity> all) =>
            all.Count(s => s.DisplayName.EndsWith(route, StringComparison.Ordinal) && s.Kind == ActivityKind.Server);
    }

    private static Activity Trace() =>
        new Activity("test") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();

    /// <summary>A statement outside any transaction is a round trip and a commit: these are both figures.</summary>
    [Fact]
    public async Task A_payment_costs_three_statements_and_two_of_the_provider()
    {
        // New connections ask the server for its types.
        await app.PaidAsync(Guid.CreateVersion7());
        using var spans = Spans.Of(app.System.Services(AppIds.Payments));
        using var trace = Trace();

        var opened = await StatementsAsync(spans, () => app.CreateAsync(PaymentsApp.Pix(order)), "/internal/payments");
        int settled;
        using (app.WebhookWire.Cut(_ => true))
        {
            await app.PayAsync($"{order:N}01");
            settled = await StatementsAsync(spans, WebhookAsync, "/webhooks/{provider}");
        }
        var repeated = await StatementsAsync(spans, WebhookAsync, "/webhooks/{provider}");

        // Ours and the provider's one each time; a repeated webhook asks nobody.
        Assert.Equal((1 + 1, 2 + 1, 1), (opened, settled, repeated));
        Assert.Equal(PaymentStatus.Settled, (await app.LatestAsync(order)).Status);
    }

    private async Task WebhookAsync()
    {
        using var response = await app.PostWebhookAsync(PaymentsApp.PixWebhook($"{order:N}01", $"evt_{order:N}"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>The event is told by two more, for all that are waiting.</summary>
    [Fact]
    public async Task A_charge_costs_the_provider_three_statements()
    {
        await app.PaidAsync(Guid.CreateVersion7());
        using var spans = Spans.Of(app.System.Services(AppIds.Sandbox));
        using var trace = Trace();
        var path = $"/sandbox/pix/charges/{order:N}";
        var body = new
        {
            amount = new { amount = 1000, currency = PaymentsApp.Reais },
            expiresAt = DateTimeOffset.MaxValue,
        };

        var made = await StatementsAsync(spans, () => app.Sandbox.PutAsJsonAsync(path, body), "/charges/{txid}");
        var paid = await StatementsAsync(spans, () => app.PayAsync($"{order:N}"), "/pay");
        var found = await StatementsAsync(spans, () => app.Sandbox.GetAsync(path), "/charges/{txid}");

        Assert.Equal((1, 1, 1), (made, paid, found));
    }
}
