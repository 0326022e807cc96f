using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>Of its own, so that nobody else's movers are in the figures.</summary>
public sealed class CountedPayments : PaymentsApp;

public sealed class CostTests : IClassFixture<CountedPayments>
{
    private readonly CountedPayments app;
    private readonly Guid order = Guid.CreateVersion7();
    private readonly string webhook;

    public CostTests(CountedPayments app)
    {
        this.app = app;
        webhook = PaymentsApp.PixWebhook($"{order:N}01");
    }

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
    public async Task A_payment_costs_five_statements_and_two_calls_of_the_provider()
    {
        // New connections ask the server for its types.
        await app.PaidAsync(Guid.CreateVersion7());
        var tokens = Tokens();
        using var spans = Spans.Of(app.System.Services(AppIds.Payments));
        using var trace = Trace();

        // The provider's own webhook is another one, and would be asked after.
        using var own = app.WebhookWire.Cut(_ => true);
        var opened = await StatementsAsync(spans, () => app.CreateAsync(PaymentsApp.Pix(order)), "/internal/payments");
        await app.PayAsync($"{order:N}01");
        var settled = await StatementsAsync(spans, WebhookAsync, "/pix");
        var repeated = await StatementsAsync(spans, WebhookAsync, "/pix");

        // One call of the provider each time, for its token is kept; a repeated webhook asks nobody.
        Assert.Equal(2, app.ProviderWire.Seen.Count(e => e.Concerns($"{order:N}01")));
        Assert.Equal(tokens, Tokens());
        Assert.Equal((1 + 1, 2 + 1, 1), (opened, settled, repeated));
        Assert.Equal(PaymentStatus.Settled, (await app.LatestAsync(order)).Status);

        int Tokens() => app.ProviderWire.Seen.Count(e => e.Concerns("oauth"));
    }

    private async Task WebhookAsync()
    {
        using var response = await app.PostPixWebhookAsync(webhook);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>The event is told by two more, for all that are waiting.</summary>
    [Fact]
    public async Task A_charge_costs_the_provider_three_statements()
    {
        await app.PaidAsync(Guid.CreateVersion7());
        using var spans = Spans.Of(app.System.Services(AppIds.Sandbox));
        using var trace = Trace();
        var path = $"/api-pix/cob/{order:N}";
        var body = new
        {
            calendario = new { expiracao = 600 },
            valor = new { original = "10.00" },
            chave = PaymentsApp.PixKey,
        };

        var made = await StatementsAsync(spans, () => app.Bank.PutAsJsonAsync(path, body), "/cob/{txid}");
        var paid = await StatementsAsync(spans, () => app.PayAsync($"{order:N}"), "/pay");
        var found = await StatementsAsync(spans, () => app.Bank.GetAsync(path), "/cob/{txid}");

        Assert.Equal((1, 1, 1), (made, paid, found));
    }
}
