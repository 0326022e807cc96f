using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Shared.Tests.ServiceDefaults;

public sealed class TracesTests(ProbeSystem fixture) : IClassFixture<ProbeSystem>
{
    private readonly IServiceProvider services = fixture.System.Services(ProbeService.AppId);

    private readonly ActivityContext cause = new(
        ActivityTraceId.CreateRandom(),
        ActivitySpanId.CreateRandom(),
        ActivityTraceFlags.Recorded
    );

    private string CauseInARow => $"00-{cause.TraceId}-{cause.SpanId}-01";

    [Fact]
    public void What_is_done_later_goes_on_in_the_trace_of_its_cause()
    {
        using var spans = Spans.Of(services);
        using (Traces.Continue("later", CauseInARow, ActivityKind.Producer)) { }
        var later = Assert.Single(spans.Of(cause.TraceId));
        Assert.Equal(cause.SpanId, later.ParentSpanId);
        Assert.Equal(ActivityKind.Producer, later.Kind);
        Assert.Empty(later.Links);
    }

    [Fact]
    public void What_another_trace_sets_off_stays_with_its_cause_and_both_link()
    {
        using var spans = Spans.Of(services);
        using var webhook = new Activity("webhook");
        webhook.Start();
        using (Traces.Continue("outcome", CauseInARow))
            Assert.Equal(cause.TraceId, Activity.Current!.TraceId);
        Assert.Same(webhook, Activity.Current);

        var outcome = Assert.Single(spans.Of(cause.TraceId));
        Assert.Equal(webhook.SpanId, Assert.Single(outcome.Links).Context.SpanId);
        Assert.Equal(cause.SpanId, Assert.Single(webhook.Links).Context.SpanId);
    }

    [Fact]
    public void Within_the_trace_of_its_cause_it_is_a_child_of_what_goes_on()
    {
        using var spans = Spans.Of(services);
        using var request = Traces.Continue("request", CauseInARow)!;
        using (Traces.Continue("step", CauseInARow)) { }
        var step = Assert.Single(spans.Of(cause.TraceId));
        Assert.Equal(request.SpanId, step.ParentSpanId);
        Assert.Empty(step.Links);
    }

    [Theory]
    [InlineData(ActivityKind.Client)]
    [InlineData(ActivityKind.Producer)]
    [InlineData(ActivityKind.Internal)]
    public void Without_a_cause_nothing_is_recorded(ActivityKind kind)
    {
        using var span = Traces.Continue("poll", null, kind);
        Assert.False(span?.Recorded ?? false);
    }

    [Fact]
    public async Task A_request_begins_a_trace()
    {
        using var spans = Spans.Of(services);
        // A client that says nothing of traces.
        using var http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var known = fixture.System.Client(ProbeService.AppId);
        using var answer = await http.GetAsync(new Uri(known.BaseAddress!, "/api/v1/nothing-here"));
        var request = await Eventually.GetAsync(
            () => Task.FromResult(spans.All.FirstOrDefault(s => s.GetTagItem("url.path") is "/api/v1/nothing-here")),
            found => found is not null
        );
        Assert.Equal(ActivityKind.Server, request!.Kind);
    }

    [Theory]
    [InlineData("-0.1")]
    [InlineData("1.1")]
    public async Task A_ratio_is_between_none_and_all(string ratio)
    {
        await using var app = ProbeService.Build([$"--Traces:SampleRatio={ratio}"]);
        Assert.Throws<OptionsValidationException>(() =>
            app.Services.GetRequiredService<IOptions<TracesOptions>>().Value
        );
    }

    [Theory]
    [InlineData("Production", "json")]
    [InlineData("Development", null)]
    public async Task Logs_of_a_deployment_are_JSON_with_the_trace(string environment, string? format)
    {
        await using var app = ProbeService.Build([$"--environment={environment}"]);
        Assert.Equal(format, app.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        if (format is null)
            return;
        using var line = new StringWriter();
        using var request = new Activity("request");
        request.Start();
        var scopes = new LoggerExternalScopeProvider();
        using var scope = scopes.Push($"TraceId:{request.TraceId}");
        app.Services.GetServices<ConsoleFormatter>()
            .Single(f => f.Name == format)
            .Write(
                new Microsoft.Extensions.Logging.Abstractions.LogEntry<string>(
                    LogLevel.Warning,
                    "Probe",
                    0,
                    "said",
                    null,
                    (state, _) => state
                ),
                scopes,
                line
            );
        Assert.Contains(request.TraceId.ToString(), line.ToString(), StringComparison.Ordinal);
        Assert.True(
            app.Services.GetRequiredService<IOptions<LoggerFactoryOptions>>()
                .Value.ActivityTrackingOptions.HasFlag(ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId)
        );
    }
}
