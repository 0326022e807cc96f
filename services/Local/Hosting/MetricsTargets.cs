using System.Text.Json;
using Ticketing.LocalPostgres;

namespace Ticketing.Local.Hosting;

/// <summary>
/// Where Prometheus finds the metrics of each process: free ports, written down as a target file of Prometheus
/// (<c>file_sd_configs</c>) with the labels that the chart's monitors give.
/// </summary>
internal sealed class MetricsTargets
{
    public const string FileName = "metrics-targets.json";

    private readonly Dictionary<string, int> ports = ServiceCatalog
        .All.Select(s => s.AppId)
        .Append(ServiceCatalog.Dapr)
        .ToDictionary(name => name, _ => FreePort.Next());

    /// <param name="name">An app id, or the Dapr runtime's.</param>
    public int PortOf(string name) => ports[name];

    public void Write(string file) =>
        File.WriteAllText(
            file,
            JsonSerializer.Serialize(
                ports.Select(p => new
                {
                    targets = new[] { $"127.0.0.1:{p.Value}" },
                    labels = new
                    {
                        job = p.Key == ServiceCatalog.Dapr ? "ticketing-sidecars" : "ticketing",
                        service = p.Key,
                    },
                })
            )
        );
}
