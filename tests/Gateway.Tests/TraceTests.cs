using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Gateway.Edge;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Gateway.Tests;

/// <summary>What a client may say of its trace, and what it is told.</summary>
public sealed class TraceTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Span = "b7ad6b7169203331";

    /// <summary>Of the configuration: what the fixture has is the default.</summary>
    private static readonly double Ratio = new TracesOptions().SampleRatio;

    [Theory]
    [InlineData(true, "00")]
    [InlineData(true, "01")]
    [InlineData(false, "00")]
    [InlineData(false, "01")]
    public async Task The_client_names_the_trace_and_the_ratio_decides_about_it(bool within, string flags)
    {
        var trace = TraceId(within);
        var seen = await SeenByServiceAsync(("traceparent", $"00-{trace}-{Span}-{flags}"));
        Assert.Equal(trace, seen.TraceId);
        Assert.Equal(within, seen.TraceFlags.HasFlag(ActivityTraceFlags.Recorded));
    }

    [Fact]
    public async Task Vendor_state_and_baggage_of_a_client_end_here()
    {
        await SeenByServiceAsync(
            ("traceparent", $"00-{TraceId(within: true)}-{Span}-01"),
            ("tracestate", "vendor=whatever"),
            ("baggage", "user=somebody"),
            ("Correlation-Context", "user=somebody")
        );
        var headers = fixture.Stubs[AppIds.Events].Requests.Last().Headers;
        Assert.DoesNotContain("tracestate", headers.Keys);
        Assert.DoesNotContain("baggage", headers.Keys);
        Assert.DoesNotContain("Correlation-Context", headers.Keys);
    }

    [Theory]
    [InlineData("traceparent", "not-a-trace")]
    [InlineData("traceparent", "00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("traceparent", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01")]
    [InlineData("traceparent", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("Request-Id", "|0af7651916cd43dd.1.")]
    public async Task What_is_no_trace_context_counts_as_none(string header, string value)
    {
        var seen = await SeenByServiceAsync((header, value));
        Assert.NotEqual(default, seen.TraceId);
        Assert.NotEqual("0af7651916cd43dd8448eb211c80319c", seen.TraceId.ToString());
    }

    [Fact]
    public async Task A_problem_of_the_Gateway_and_its_answer_name_the_trace()
    {
        using var http = fixture.System.Client(AppIds.Gateway);
        var trace = TraceId(within: false);
        using var request = Request("/api/nothing", ("traceparent", $"00-{trace}-{Span}-01"));
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(trace.ToString(), problem["traceId"]!.ToString());
        Assert.Equal(trace, Of(answer).TraceId);
        Assert.NotEqual(Span, Of(answer).SpanId.ToString());
    }

    [Fact]
    public void Who_found_an_id_within_the_ratio_meets_the_limit()
    {
        const int limit = 3;
        var clock = new Clock();
        var traces = new ClientTraces(
            Options.Create(new TracesOptions()),
            Options.Create(new GatewayOptions { ClientTracesPerSecond = limit }),
            clock
        );
        var header = $"00-{TraceId(within: true)}-{Span}-01";
        Assert.Equal(limit, Enumerable.Range(0, 10).Count(_ => IsRecorded(traces, header)));
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(limit, Enumerable.Range(0, 10).Count(_ => IsRecorded(traces, header)));
    }

    private static bool IsRecorded(ClientTraces traces, string header)
    {
        traces.ExtractTraceIdAndState(
            null,
            (object? _, string _, out string? value, out IEnumerable<string>? values) =>
                (value, values) = (header, null),
            out var parent,
            out _
        );
        return parent!.EndsWith("-01", StringComparison.Ordinal);
    }

    /// <summary>The service is told what its answer tells, by the same trace.</summary>
    private async Task<ActivityContext> SeenByServiceAsync(params (string Name, string Value)[] headers)
    {
        using var http = fixture.System.Client(AppIds.Gateway);
        using var request = Request("/api/v1/events", headers);
        using var answer = await http.SendAsync(request);
        var sent = fixture.Stubs[AppIds.Events].Requests.Last().Headers["traceparent"];
        Assert.True(ActivityContext.TryParse(sent, null, out var seen));
        Assert.Equal(Of(answer).TraceId, seen.TraceId);
        Assert.Equal(Of(answer).TraceFlags, seen.TraceFlags);
        return seen;
    }

    private static HttpRequestMessage Request(string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static ActivityContext Of(HttpResponseMessage answer) =>
        ActivityContext.TryParse(Assert.Single(answer.Headers.GetValues("traceparent")), null, out var context)
            ? context
            : throw new InvalidOperationException("The answer's traceparent is none.");

    private static ActivityTraceId TraceId(bool within) => Spans.TraceId(Ratio, within);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
