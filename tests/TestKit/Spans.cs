using System.Collections.ObjectModel;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace Ticketing.TestKit;

/// <summary>What a service exports from now on, as it is configured. In one process every service hears all spans.</summary>
public sealed class Spans : IDisposable
{
    private readonly List list = [];

    private Spans() { }

    public static Spans Of(IServiceProvider service)
    {
        var spans = new Spans();
        service
            .GetRequiredService<TracerProvider>()
            .AddProcessor(new SimpleActivityExportProcessor(new InMemoryExporter<Activity>(spans.list)));
        return spans;
    }

    /// <summary>A trace id that a sampler of this ratio records, or that it does not.</summary>
    public static ActivityTraceId TraceId(double ratio, bool recorded)
    {
        var sampler = new TraceIdRatioBasedSampler(ratio);
        while (true)
        {
            var id = ActivityTraceId.CreateRandom();
            var decision = sampler.ShouldSample(new(default, id, "", ActivityKind.Server)).Decision;
            if (decision is SamplingDecision.RecordAndSample == recorded)
                return id;
        }
    }

    public IReadOnlyList<Activity> All => list.Snapshot();

    public IReadOnlyList<Activity> Of(ActivityTraceId trace) => [.. All.Where(s => s.TraceId == trace)];

    public void Dispose() => list.Close();

    private sealed class List : Collection<Activity>
    {
        private readonly Lock gate = new();
        private bool closed;

        public IReadOnlyList<Activity> Snapshot()
        {
            lock (gate)
                return [.. this];
        }

        public void Close()
        {
            lock (gate)
                closed = true;
        }

        protected override void InsertItem(int index, Activity item)
        {
            lock (gate)
                if (!closed)
                    base.InsertItem(Count, item);
        }
    }
}
