using System.CommandLine;
using Ticketing.Bench;
using Ticketing.Bench.Measuring;
using Ticketing.Local;

var url = new Option<Uri?>("--url")
{
    CustomParser = result => new Uri(result.Tokens[0].Value),
    Description =
        "Public origin of a running system with the demo's people and the sandbox provider; without it one is started.",
    Recursive = true,
};
var data = new Option<DirectoryInfo>("--data")
{
    DefaultValueFactory = _ => new DirectoryInfo(".local/bench"),
    Description = "Folder of what the bench starts (forgotten at each start); with --url that of the running system.",
    Recursive = true,
};
var dapr = new Option<Uri[]>("--dapr")
{
    CustomParser = result => [.. result.Tokens.Select(t => new Uri(t.Value))],
    AllowMultipleArgumentsPerToken = true,
    Description =
        "Metrics of real sidecars and of the Scheduler (http://localhost:9090/metrics); else the embedded runtime's own log is read.",
    Recursive = true,
};
var seconds = new Option<int>("--seconds")
{
    DefaultValueFactory = _ => 20,
    Description = "How long one load is measured.",
    Recursive = true,
};
var repeats = new Option<int>("--repeats")
{
    DefaultValueFactory = _ => 3,
    Description = "Each measured so often, by turns with what it is compared with; medians are told.",
    Recursive = true,
};
var buyers = new Option<int>("--buyers")
{
    DefaultValueFactory = _ => 32,
    Description = "Buyers at once.",
    Recursive = true,
};
var purchases = new Option<int>("--purchases")
{
    DefaultValueFactory = _ => 2_000,
    Description = "How many are bought until memory is looked at; 100000 say whether it stays flat.",
    Recursive = true,
};
var orders = new Option<int>("--orders")
{
    Description = "Orders that the databases are filled with before anything is measured; a multiple of 1000.",
    Recursive = true,
};
var small = new Option<int>("--small")
{
    DefaultValueFactory = _ => 20_000,
    Description = "growth: orders in the small databases; a multiple of 1000.",
    Recursive = true,
};
var large = new Option<int>("--large")
{
    DefaultValueFactory = _ => 1_000_000,
    Description = "growth: orders in the large ones.",
    Recursive = true,
};
var idle = new Option<int>("--idle")
{
    DefaultValueFactory = _ => 300,
    Description = "growth: seconds that the background loops are watched.",
    Recursive = true,
};
var json = new Option<FileInfo?>("--json") { Description = "File to write the figures to.", Recursive = true };

var root = new RootCommand(
    "Measures the system as its clients see it and what it costs, on a PostgreSQL and services of its own "
        + "(dotnet run -c Release). Ends with 1 when a request failed or an invariant is violated."
)
{
    url,
    data,
    dapr,
    seconds,
    repeats,
    buyers,
    purchases,
    orders,
    small,
    large,
    idle,
    json,
};
Add("purchase", "Complete purchases: hold, order, pay by Pix, tickets in hand.", OnBed(PurchaseBench.RunAsync));
Add("holds", "Holds over REST of one hot ticket type, of a hundred, of seats.", OnBed(HoldsBench.RunAsync));
Add("browse", "The cached pages that everybody reads.", OnBed(BrowseBench.RunAsync));
Add("documents", "What a ticket's PDF costs when it is drawn.", OnBed(DocumentsBench.RunAsync));
Add("memory", "What the services keep in memory after --purchases.", OnBed(MemoryBench.RunAsync));
Add("growth", "What each statement reads with few orders in the databases, and with many.", GrowthBench.RunAsync);
var onBed = OnBed(
    PurchaseBench.RunAsync,
    HoldsBench.RunAsync,
    BrowseBench.RunAsync,
    DocumentsBench.RunAsync,
    MemoryBench.RunAsync
);
Add(
    "all",
    "All of these, one after the other.",
    async (options, report, ct) =>
    {
        await onBed(options, report, ct);
        await GrowthBench.RunAsync(options, report, ct);
    }
);

// What the bench compares with, in a process of its own.
var authority = new Argument<Uri>("authority") { CustomParser = result => new Uri(result.Tokens[0].Value) };
var port = new Argument<int>("port");
var constant = new Command("constant") { authority, port };
constant.Hidden = true;
constant.SetAction((r, ct) => ConstantEndpoint.ServeAsync(r.GetValue(authority)!, r.GetValue(port), ct));
root.Add(constant);

return await root.Parse(args).InvokeAsync();

static Func<BenchOptions, Report, CancellationToken, Task> OnBed(
    params Func<TestBed, BenchOptions, Report, CancellationToken, Task>[] benches
) => (options, report, ct) => TestBed.RunAsync(options, report, benches, ct);

void Add(string name, string description, Func<BenchOptions, Report, CancellationToken, Task> bench)
{
    var command = new Command(name, description);
    command.SetAction(
        (r, ct) =>
            CommandRunner.RunAsync(
                async () =>
                {
                    var options = new BenchOptions(
                        r.GetValue(url),
                        r.GetValue(data)!.FullName,
                        r.GetValue(dapr) ?? [],
                        TimeSpan.FromSeconds(r.GetValue(seconds)),
                        r.GetValue(repeats),
                        r.GetValue(buyers),
                        r.GetValue(purchases),
                        r.GetValue(orders),
                        r.GetValue(small),
                        r.GetValue(large),
                        TimeSpan.FromSeconds(r.GetValue(idle))
                    );
                    var report = new Report();
                    await bench(options, report, ct);
                    return await report.EndAsync(r.GetValue(json)?.FullName, ct);
                },
                ct
            )
    );
    root.Add(command);
}
