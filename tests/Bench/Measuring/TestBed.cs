using System.Diagnostics;
using System.Text.Json;
using Ticketing.Bench.Growth;
using Ticketing.Local;
using Ticketing.Local.Auditing;
using Ticketing.Local.Hosting;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Measuring;

/// <summary>
/// What is measured: the system in a child process (or one that runs already), its PostgreSQL, and the constant endpoint
/// that it is compared with. The clients live in this process, so that their CPU time is told apart.
/// </summary>
internal sealed class TestBed : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private readonly List<Process> children = [];
    private int? systemId;

    private TestBed(Uri url, string folder, PostgresCluster? postgres) =>
        (Url, Folder, Postgres) = (url, folder, postgres);

    public Uri Url { get; }

    /// <summary>The system's data.</summary>
    public string Folder { get; }

    /// <summary>Null: nothing is known of the databases.</summary>
    public PostgresCluster? Postgres { get; }

    public Uri Constant { get; private set; } = null!;

    /// <summary>Runs benches on it, and audits what they left.</summary>
    public static async Task RunAsync(
        BenchOptions options,
        Report report,
        IEnumerable<Func<TestBed, BenchOptions, Report, CancellationToken, Task>> benches,
        CancellationToken ct
    )
    {
        await using var bed = await StartAsync(options, ct);
        if (bed.Postgres is not null)
            report.Describe(bed.Postgres);
        foreach (var bench in benches)
            await bench(bed, options, report, ct);
        await bed.AuditAsync(report, ct);
    }

    private static async Task<TestBed> StartAsync(BenchOptions options, CancellationToken ct)
    {
        var own = options.Url is null;
        var postgres = own
            ? await MeasuredPostgres.StartAsync(options.Data, ct)
            : await PostgresCluster.ConnectAsync(
                new()
                {
                    DataDirectory = Path.Combine(options.Data, DataFolder.PostgresName),
                    ConnectionString = LocalOptions.GivenPostgres,
                },
                ct
            );
        var bed = new TestBed(
            options.Url ?? new Uri($"http://localhost:{FreePort.Next()}"),
            own ? Path.Combine(options.Data, "system") : options.Data,
            postgres
        );
        try
        {
            if (own && options.Orders > 0)
                await bed.FillAsync(options.Orders, ct);
            if (own)
                bed.systemId = await bed.StartSystemAsync(ct);
            else if (File.Exists(Path.Combine(options.Data, "pid")))
                bed.systemId = int.Parse(await File.ReadAllTextAsync(Path.Combine(options.Data, "pid"), ct), null);
            bed.Constant = await bed.StartConstantAsync(ct);
            return bed;
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    /// <summary>Before the system starts, but for what makes its tables.</summary>
    private async Task FillAsync(int orders, CancellationToken ct)
    {
        await StartSystemAsync(ct);
        await StopAsync(children[^1]);
        Console.WriteLine($"Filling the databases with {orders} orders");
        await Filling.RunAsync(Postgres!, 0, orders, ct);
    }

    private Task<int> StartSystemAsync(CancellationToken ct)
    {
        Console.WriteLine("Starting the system");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, ProgramName("Local")));
        foreach (var argument in new[] { "--port", $"{Url.Port}", "--data", Folder })
            start.ArgumentList.Add(argument);
        start.Environment["ConnectionStrings__Postgres"] = Postgres!.ConnectionString;
        return StartAsync(start, ct);
    }

    private async Task<Uri> StartConstantAsync(CancellationToken ct)
    {
        var port = FreePort.Next();
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, ProgramName("Bench")));
        foreach (var argument in new[] { "constant", Url.ToString(), $"{port}" })
            start.ArgumentList.Add(argument);
        await StartAsync(start, ct);
        return new($"http://localhost:{port}/constant");
    }

    /// <summary>Until it says that it is ready.</summary>
    private async Task<int> StartAsync(ProcessStartInfo start, CancellationToken ct)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        var child = Process.Start(start) ?? throw new LocalException($"{start.FileName} could not be started.");
        children.Add(child);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StartLimit);
        string? line;
        do line = await child.StandardOutput.ReadLineAsync(limit.Token);
        while (line?.StartsWith("Ready", StringComparison.Ordinal) == false);
        if (line is null)
            throw new LocalException($"{start.FileName} ended; what it said is above.");
        // A full pipe would stop it.
        _ = child.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        return child.Id;
    }

    private static string ProgramName(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    /// <summary>Where a service of the local system listens itself.</summary>
    public Uri AddressOf(string appId)
    {
        var file = Path.Combine(Folder, DataFolder.AddressesName);
        return File.Exists(file)
            ? JsonSerializer.Deserialize<Dictionary<string, Uri>>(File.ReadAllText(file))![appId]
            : throw new LocalException($"{file} is not there: name the data folder of the running system with --data.");
    }

    /// <summary>What the services have taken so far; null: unknown.</summary>
    public TimeSpan? ServicesCpu() => systemId is { } id ? ProcessTree.CpuOf(id) : null;

    /// <summary>What all of PostgreSQL's processes have taken so far; null: unknown.</summary>
    public async Task<TimeSpan?> PostgresCpuAsync(CancellationToken ct) =>
        Postgres is not null && await MeasuredPostgres.ProcessIdAsync(Postgres, ct) is { } id
            ? ProcessTree.CpuOf(id)
            : null;

    public long? ServicesMemory() => systemId is { } id ? ProcessTree.MemoryOf(id) : null;

    private async Task AuditAsync(Report report, CancellationToken ct)
    {
        if (Postgres is null)
        {
            Console.WriteLine("Not audited: the databases are not to be reached.");
            return;
        }
        Console.WriteLine();
        foreach (
            var finding in await Auditor.RunAsync(
                Postgres.ConnectionStringFor,
                TimeProvider.System.GetUtcNow(),
                ct,
                TimeSpan.FromMinutes(1)
            )
        )
        {
            Console.WriteLine($"{finding.Id} {(finding.Ok ? "ok" : "VIOLATED")} {finding.Detail}");
            if (!finding.Ok)
                report.Fail($"{finding.Id}: {finding.Detail}");
        }
    }

    private async Task StopAsync(Process child)
    {
        children.Remove(child);
        // Only the system has something to bring to an end.
        if (OperatingSystem.IsWindows() || child.Id != systemId)
            child.Kill(entireProcessTree: true);
        else
            using (var kill = Process.Start("kill", ["-TERM", $"{child.Id}"]))
                await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(StartLimit);
        await child.WaitForExitAsync(limit.Token);
        child.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in Enumerable.Reverse(children).ToList())
            await StopAsync(child);
        if (Postgres is not null)
            await Postgres.DisposeAsync();
    }
}
