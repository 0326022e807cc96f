using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Local.Hosting;
using Ticketing.Local.Seeding;
using Ticketing.TestKit;

namespace Ticketing.System.Tests;

/// <summary>Half of the traces are recorded.</summary>
public sealed class TracedSystem : TicketingSystem
{
    private const double SampleRatio = 0.5;

    /// <summary>The id of a trace that is recorded, or that is not.</summary>
    public static ActivityTraceId TraceId(bool recorded) => Spans.TraceId(SampleRatio, recorded);

    protected override Dictionary<string, string[]> Settings =>
        ServiceCatalog.All.ToDictionary(
            s => s.AppId,
            _ =>
                new[]
                {
                    $"Traces:SampleRatio={SampleRatio.ToString(CultureInfo.InvariantCulture)}",
                    $"Gateway:ClientTracesPerSecond={int.MaxValue}",
                    // What is looked up before its event has come is caused by the look.
                    "Pull:IdleSeconds=3600",
                }
        );
}

/// <summary>From the buyer's requests to the mail: one purchase is one trace, and says nothing of the buyer.</summary>
public sealed class TracingTests(TracedSystem system) : IClassFixture<TracedSystem>
{
    private const string Cpf = "529.982.247-25";
    private const string CardToken = "tok_approve";

    [Fact]
    public async Task One_purchase_is_one_trace_from_the_hold_to_the_mail()
    {
        var show = await system.ShowAsync(capacity: 2, stock: 2);
        var buyer = await system.BuyerAsync();
        using var spans = Spans.Of(system.Local.ServicesOf(AppIds.Orders));

        var session = buyer.Api.BeginTrace(TracedSystem.TraceId(recorded: true));
        var order = await PurchaseAsync(buyer, show);

        await UntilWholeAsync(spans, session, order.Id());
        Assert.Contains(spans.Of(session.TraceId), s => s.DisplayName == "POST /api/v1/holds/");
    }

    [Fact]
    public async Task Without_a_client_that_traces_the_order_begins_the_trace_and_each_has_its_own()
    {
        var show = await system.ShowAsync(capacity: 100, stock: 100);
        using var spans = Spans.Of(system.Local.ServicesOf(AppIds.Orders));

        var first = await BuyAsync(show);
        var second = await BuyAsync(show);

        Assert.NotEqual(first.Trace.TraceId, second.Trace.TraceId);
        foreach (var (order, trace) in new[] { first, second })
            await UntilWholeAsync(spans, trace, order, others: true);
    }

    /// <summary>Negative control: the traces above hold because every row carries its cause.</summary>
    [Fact]
    public async Task An_event_without_its_cause_is_missed_in_the_trace()
    {
        var show = await system.ShowAsync(capacity: 1, stock: 1);
        var buyer = await system.BuyerAsync();
        using var spans = Spans.Of(system.Local.ServicesOf(AppIds.Orders));
        await ExecuteAsync(
            """
            CREATE FUNCTION forget_cause() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN NEW.trace_parent := NULL; RETURN NEW; END $$;
            CREATE TRIGGER forget_cause BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION forget_cause();
            """
        );
        try
        {
            var session = buyer.Api.BeginTrace(TracedSystem.TraceId(recorded: true));
            var order = await PurchaseAsync(buyer, show);
            await MailedLinkAsync(buyer);

            var faults = FaultsOf(spans.All, session, order.Id());
            Assert.Contains(faults, f => f.StartsWith($"no {PurchaseTrace.Hop} below", Ordinal));
        }
        finally
        {
            await ExecuteAsync("DROP TRIGGER forget_cause ON outbox; DROP FUNCTION forget_cause");
        }
    }

    /// <summary>Negative control of the check itself: a span that is lost, and one that is of another trace.</summary>
    [Fact]
    public async Task A_span_that_is_missing_or_elsewhere_is_noticed()
    {
        var show = await system.ShowAsync(capacity: 1, stock: 1);
        var buyer = await system.BuyerAsync();
        using var spans = Spans.Of(system.Local.ServicesOf(AppIds.Orders));
        var session = buyer.Api.BeginTrace(TracedSystem.TraceId(recorded: true));
        var order = await PurchaseAsync(buyer, show);
        await UntilWholeAsync(spans, session, order.Id());

        var lost = spans.Of(session.TraceId).First(s => s.DisplayName == "order.workflow/deliver-order");
        Assert.NotEmpty(FaultsOf(spans.All.Except([lost]), session, order.Id()));

        using var stranger = new Activity("stranger");
        stranger.SetTag("ticketing.order.id", order.Id()).Start().Stop();
        Assert.NotEmpty(FaultsOf(spans.All.Append(stranger), session, order.Id()));
    }

    [Fact]
    public async Task Spans_say_nothing_of_the_buyer()
    {
        var show = await system.ShowAsync(capacity: 2, stock: 2);
        using var spans = Spans.Of(system.Local.ServicesOf(AppIds.Orders));
        var buyer = new Buyer(new ApiClient(system.BaseUrl));
        var session = buyer.Api.BeginTrace(TracedSystem.TraceId(recorded: true));
        await buyer.RegisterAsync();
        var hold = await buyer.HoldAsync(show);
        var order = await buyer.Api.PostAsync(
            "/api/v1/orders",
            new
            {
                holdId = hold.Id(),
                buyer = new
                {
                    name = "Íris Araújo",
                    email = buyer.Email,
                    cpf = Cpf,
                },
                attendees = new[] { new { name = "Zoé Simões" } },
                payment = new { method = "card", cardToken = CardToken },
            },
            default
        );
        await buyer.WaitForStatusAsync(order, "fulfilled");
        var ticket = await buyer.Api.GetAsync($"/api/v1/tickets/{(await buyer.TicketsAsync())[0].Id()}", default);
        var link = await MailedLinkAsync(buyer);
        await AskForTroubleAsync(buyer, ticket.Text("code"), link);
        await Eventually.TrueAsync(() =>
            Task.FromResult(spans.Of(session.TraceId).Any(s => s.DisplayName == "mail order-fulfilled"))
        );

        var secrets = new[]
        {
            buyer.Email.Split('@')[0],
            Cpf,
            Cpf.Replace(".", "", Ordinal).Replace("-", "", Ordinal),
            "Araújo",
            "Simões",
            "a-long-enough-password",
            CardToken,
            buyer.Api.AccessToken!,
            ticket.Text("code"),
            link.Query.Split('=')[1],
        };
        Assert.Empty(LeaksIn(spans.All, secrets));

        // What is searched for would be found.
        using var planted = new Activity("planted");
        planted.SetTag("url.full", $"http://127.0.0.1/?email={Uri.EscapeDataString(buyer.Email)}");
        planted.AddEvent(new("e", tags: new() { ["code"] = ticket.Text("code") }));
        Assert.Equal(2, LeaksIn([planted], secrets).Count);
    }

    [Fact]
    public async Task A_purchase_that_is_not_recorded_leaves_no_span_anywhere()
    {
        var show = await system.ShowAsync(capacity: 1, stock: 1);
        var buyer = await system.BuyerAsync();
        using var spans = Spans.Of(system.Local.ServicesOf(AppIds.Orders));
        var session = buyer.Api.BeginTrace(TracedSystem.TraceId(recorded: false));
        var order = await PurchaseAsync(buyer, show);
        await MailedLinkAsync(buyer);

        // That the provider's request may be recorded, in a trace of its own, makes no difference.
        Assert.Empty(spans.Of(session.TraceId));
        var id = order.Id().ToString();
        Assert.DoesNotContain(spans.All, s => Texts(s).Any(t => t.Contains(id, Ordinal)));
    }

    [Fact]
    public async Task A_problem_names_its_trace_and_the_answer_says_it_too()
    {
        using var http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(system.BaseUrl, $"/api/v1/orders/{Guid.CreateVersion7()}")
        );
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-00");
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            (await system.BuyerAsync()).Api.AccessToken
        );
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(trace, problem.Text("traceId"));
        Assert.Equal(trace, TraceOf(answer).TraceId.ToString());
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private IReadOnlyList<string> FaultsOf(IEnumerable<Activity> spans, ActivityContext client, Guid order) =>
        new PurchaseTrace(spans, client, order, system.Local).Faults();

    /// <summary>Spans are exported when they end, which is after the answer.</summary>
    /// <param name="others">The client's other requests are traces of their own.</param>
    private Task UntilWholeAsync(Spans spans, ActivityContext client, Guid order, bool others = false) =>
        Eventually.GetAsync(
            () =>
                Task.FromResult(
                    string.Join(
                        '\n',
                        FaultsOf(others ? spans.All.Where(s => !IsOfAnother(s, spans.All)) : spans.All, client, order)
                    )
                ),
            faults => faults.Length == 0
        );

    private static bool IsOfAnother(Activity span, IReadOnlyList<Activity> all) =>
        all.Where(s => s.TraceId == span.TraceId)
            .Any(s => s.DisplayName is "GET /api/v1/orders/{**rest}" or "POST /api/v1/holds/");

    private static async Task<JsonNode> PurchaseAsync(Buyer buyer, Show show)
    {
        var order = await buyer.OrderByPixAsync(show, quantity: 1, show.ProductId);
        await buyer.PayAsync(order);
        await buyer.WaitForStatusAsync(order, "fulfilled");
        return order;
    }

    /// <summary>As a client without tracing does; the trace is what the order's answer says. Half are not recorded.</summary>
    private async Task<(Guid Order, ActivityContext Trace)> BuyAsync(Show show)
    {
        while (true)
        {
            // A new one each time: what is left unpaid counts against the buyer's limit.
            var buyer = await system.BuyerAsync();
            var hold = await buyer.HoldAsync(show);
            using var answer = await buyer.Api.SendAsync(
                HttpMethod.Post,
                "/api/v1/orders",
                buyer.OrderOf(hold, productId: show.ProductId),
                default
            );
            var order = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            var trace = TraceOf(answer);
            if (!trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded))
                continue;
            await buyer.PayAsync(order);
            await buyer.WaitForStatusAsync(order, "fulfilled");
            return (order.Id(), trace);
        }
    }

    private static ActivityContext TraceOf(HttpResponseMessage answer) =>
        ActivityContext.TryParse(Assert.Single(answer.Headers.GetValues("traceparent")), null, out var context)
            ? context
            : throw new InvalidOperationException("The answer's traceparent is none.");

    /// <summary>What goes wrong, and what has something of the buyer's in its address.</summary>
    private async Task AskForTroubleAsync(Buyer buyer, string code, Uri link)
    {
        using var anonymous = new ApiClient(system.BaseUrl);
        anonymous.BeginTrace(TracedSystem.TraceId(recorded: true));
        await anonymous.DownloadAsync(link.PathAndQuery, default);
        using var taken = await anonymous.SendAsync(
            HttpMethod.Post,
            "/api/v1/users",
            new
            {
                email = buyer.Email,
                password = "a-long-enough-password",
                name = "Íris Araújo",
            },
            default
        );
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        using var admin = await system.LogInAsync(SeedLogins.Admin);
        admin.BeginTrace(TracedSystem.TraceId(recorded: true));
        await admin.GetAsync($"/api/v1/users?email={Uri.EscapeDataString(buyer.Email)}", default);
        using var door = await system.LogInAsync(SeedLogins.Door);
        door.BeginTrace(TracedSystem.TraceId(recorded: true));
        await door.PostAsync("/api/v1/check-ins", new { code, gate = "A" }, default);
        using var again = await door.SendAsync(HttpMethod.Post, "/api/v1/check-ins", new { code, gate = "A" }, default);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    private static async Task<Uri> MailedLinkAsync(Buyer buyer)
    {
        var mails = await Eventually.GetAsync(
            () => buyer.Api.GetAsync("/dev/mail?format=json", default),
            m => m["items"]!.AsArray().Any(i => i!.Text("to").Contains(buyer.Email, Ordinal))
        );
        var id = mails["items"]!.AsArray().First(i => i!.Text("to").Contains(buyer.Email, Ordinal))!.Text("id");
        var mail = await buyer.Api.GetAsync($"/dev/mail/{id}?format=json", default);
        return new(
            mail.Text("text").Split(' ', '\n', '\r', '<', '>').First(word => word.Contains("/pdf?key=", Ordinal))
        );
    }

    private static List<string> LeaksIn(IEnumerable<Activity> spans, string[] secrets) =>
        [
            .. spans.SelectMany(span =>
                Texts(span)
                    .Select(text => Uri.UnescapeDataString(text))
                    .Where(text => secrets.Any(s => text.Contains(s, Ordinal)))
                    .Select(text => $"{span.DisplayName}: {text}")
            ),
        ];

    private static IEnumerable<string> Texts(Activity span) =>
        [
            span.DisplayName,
            span.StatusDescription ?? "",
            span.TraceStateString ?? "",
            .. span.TagObjects.Select(t => $"{t.Key}={t.Value}"),
            .. span.Baggage.Select(b => $"{b.Key}={b.Value}"),
            .. span.Events.SelectMany(e => e.Tags.Select(t => $"{e.Name}.{t.Key}={t.Value}")),
            .. span.Links.SelectMany(l => l.Tags ?? []).Select(t => $"{t.Key}={t.Value}"),
        ];

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(system.Local.DatabaseOf(AppIds.Orders));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
