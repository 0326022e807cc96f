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
        "Metrics of real sidecars (http://localhost:9090/metrics); else the embedded runtime's own log is read.",
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
    json,
};
Add("purchase", "Complete purchases: hold, order, pay by Pix, tickets in hand.", PurchaseBench.RunAsync);
Add("holds", "Holds over REST of one hot ticket type, of a hundred, of seats.", HoldsBench.RunAsync);
Add("browse", "The cached pages that everybody reads.", BrowseBench.RunAsync);
Add("memory", "What the services keep in memory after --purchases.", MemoryBench.RunAsync);
Add(
    "all",
    "All of these, one after the other.",
    async (bed, options, report, ct) =>
    {
        await PurchaseBench.RunAsync(bed, options, report, ct);
        await HoldsBench.RunAsync(bed, options, report, ct);
        await BrowseBench.RunAsync(bed, options, report, ct);
        await MemoryBench.RunAsync(bed, options, report, ct);
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

void Add(string name, string description, Func<Bed, BenchOptions, Report, CancellationToken, Task> bench)
{
    var command = new Command(name, description);
    command.SetAction(
        (r, ct) =>
        {
            var options = new BenchOptions(
                r.GetValue(url),
                r.GetValue(data)!.FullName,
                r.GetValue(dapr) ?? [],
                TimeSpan.FromSeconds(r.GetValue(seconds)),
                r.GetValue(repeats),
                r.GetValue(buyers),
                r.GetValue(purchases)
            );
            return Guard.RunAsync(() => Bed.RunAsync(options, r.GetValue(json)?.FullName, bench, ct), ct);
        }
    );
    root.Add(command);
}
