using System.Text.Json;
using Ticketing.LocalPostgres;

namespace Ticketing.Local.Hosting;

/// <summary>
/// Where Prometheus finds the metrics of each process: free ports, written down as a target file of Prometheus
/// (<c>file_sd_configs</c>) with the labels that the chart's monitors give.
/// </summary>
internal sealed class MetricsTargets(IReadOnlyList<Replica> replicas)
{
    public const string FileName = "metrics-targets.json";

    private readonly Dictionary<string, (string Service, int Port)> targets = replicas
        .Select(r => (r.Name, r.Service.AppId))
        .Append((ServiceCatalog.Dapr, ServiceCatalog.Dapr))
        .ToDictionary(t => t.Item1, t => (t.Item2, FreePort.Next()));

    /// <param name="name">A replica's, or the Dapr runtime's.</param>
    public int PortOf(string name) => targets[name].Port;

    public void Write(string file) =>
        File.WriteAllText(
            file,
            JsonSerializer.Serialize(
                targets.Values.Select(t => new
                {
                    targets = new[] { $"127.0.0.1:{t.Port}" },
                    labels = new
                    {
                        job = t.Service == ServiceCatalog.Dapr ? "ticketing-sidecars" : "ticketing",
                        service = t.Service,
                    },
                })
            )
        );
}
