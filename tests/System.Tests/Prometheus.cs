using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Ticketing.LocalPostgres;
using Ticketing.TestKit;

namespace Ticketing.System.Tests;

/// <summary>
/// A real Prometheus, and the exporter of PostgreSQL, reading a system of processes as they would read a cluster. The
/// programs come from Debian (prometheus, prometheus-postgres-exporter); .ci/run brings them.
/// </summary>
internal sealed class Prometheus : IAsyncDisposable
{
    private const string Server = "prometheus";
    private const string Exporter = "prometheus-postgres-exporter";

    private readonly string folder = Directory.CreateTempSubdirectory("prometheus-").FullName;
    private readonly List<Process> processes = [];
    private readonly HttpClient http = new();

    private Prometheus() { }

    /// <summary>What is not on the PATH.</summary>
    public static IReadOnlyList<string> Missing =>
        [.. new[] { Server, Exporter }.Where(program => Find(program) is null)];

    public static async Task<Prometheus> StartAsync(TicketingSystem system)
    {
        var prometheus = new Prometheus();
        try
        {
            await prometheus.StartAsync(
                system.Local.MetricsTargetsFile,
                new NpgsqlConnectionStringBuilder(system.Local.DatabaseOf("tickets"))
            );
            return prometheus;
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync(string targets, NpgsqlConnectionStringBuilder database)
    {
        var (port, exporter) = (FreePort.Next(), FreePort.Next());
        var login = database.Password is { Length: > 0 } password
            ? $"{database.Username}:{Uri.EscapeDataString(password)}"
            : database.Username;
        Start(
            Exporter,
            [$"--web.listen-address=127.0.0.1:{exporter}", "--log.level=warn"],
            (
                "DATA_SOURCE_NAME",
                $"postgresql://{login}@{database.Host}:{database.Port}/{database.Database}?sslmode=disable"
            )
        );
        var config = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(
            config,
            $$"""
            global: { scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 1s }
            rule_files: ["{{CopyRules()}}/*.yaml"]
            scrape_configs:
              - job_name: local
                file_sd_configs: [{ files: ["{{targets}}"] }]
              - job_name: postgres
                static_configs: [{ targets: ["127.0.0.1:{{exporter}}"], labels: { service: database } }]
            """
        );
        http.BaseAddress = new($"http://127.0.0.1:{port}/api/v1/");
        Start(
            Server,
            [
                $"--config.file={config}",
                $"--storage.tsdb.path={Path.Combine(folder, "data")}",
                $"--web.listen-address=127.0.0.1:{port}",
                "--log.level=warn",
            ]
        );
    }

    /// <summary>The chart's own, but evaluated every second.</summary>
    private string CopyRules()
    {
        var copies = Directory.CreateDirectory(Path.Combine(folder, "rules")).FullName;
        foreach (var file in Directory.GetFiles(Chart("rules"), "*.yaml"))
            File.WriteAllText(
                Path.Combine(copies, Path.GetFileName(file)),
                File.ReadAllText(file).Replace("interval: 30s", "interval: 1s", StringComparison.Ordinal)
            );
        return copies;
    }

    public static string Chart(string folder) => Path.Combine(TestSystem.RepositoryRoot, "charts", "ticketing", folder);

    private void Start(string program, string[] arguments, params (string Key, string Value)[] more)
    {
        var start = new ProcessStartInfo(Find(program)!, arguments) { WorkingDirectory = folder };
        foreach (var (key, value) in more)
            start.Environment[key] = value;
        processes.Add(Process.Start(start)!);
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>Target → up, or what is wrong with it.</summary>
    public async Task<IReadOnlyDictionary<string, string>> TargetsAsync() =>
        (await GetAsync("targets?state=active"))["activeTargets"]!
            .AsArray()
            .ToDictionary(
                t => $"{t!["labels"]!["service"]}",
                t => t!["health"]!.ToString() is "up" ? "up" : $"{t["health"]} {t["lastError"]}"
            );

    public sealed record Rule(string Name, string Expression, string Health, string? Error);

    public async Task<IReadOnlyList<Rule>> RulesAsync() =>
        [
            .. (await GetAsync("rules"))["groups"]!
                .AsArray()
                .SelectMany(g => g!["rules"]!.AsArray())
                .Select(r => new Rule($"{r!["name"]}", $"{r["query"]}", $"{r["health"]}", r["lastError"]?.ToString())),
        ];

    public async Task<IReadOnlySet<string>> NamesAsync() =>
        (await GetAsync("label/__name__/values")).AsArray().Select(n => $"{n}").ToHashSet();

    /// <summary>Types by name, as the targets declare them.</summary>
    public async Task<IReadOnlyDictionary<string, string>> TypesAsync() =>
        (await GetAsync("metadata")).AsObject().ToDictionary(m => m.Key, m => m.Value![0]!["type"]!.ToString());

    /// <summary>Null when the expression can be evaluated, else why not.</summary>
    public async Task<string?> ProblemAsync(string expression)
    {
        var answer = await QueryAsync(expression);
        return $"{answer["status"]}" == "success" ? null : $"{answer["error"]}";
    }

    /// <summary>Has the expression a result now?</summary>
    public async Task<bool> HasAsync(string expression) =>
        (await QueryAsync(expression))["data"]?["result"]?.AsArray().Count > 0;

    private async Task<JsonNode> QueryAsync(string expression)
    {
        using var form = new FormUrlEncodedContent([new("query", expression)]);
        using var answer = await http.PostAsync("query", form);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private async Task<JsonNode> GetAsync(string path) => (await http.GetFromJsonAsync<JsonNode>(path))!["data"]!;

    public Task UntilItAnswersAsync() =>
        Eventually.TrueAsync(async () =>
        {
            try
            {
                return (await TargetsAsync()).Count > 0;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
