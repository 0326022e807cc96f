using System.CommandLine;
using Ticketing.Bench;

// dotnet run -c Release --project tests/Bench -- --buyers 32 --seconds 60
// Buys against the running system (dotnet run -c Release --project services/Local), or another with --url, over public HTTP.
// Ends with 1 when any request failed: a rollout or a failover under this load can be judged by it.

var url = new Option<Uri>("--url")
{
    DefaultValueFactory = _ => new Uri("http://localhost:8080"),
    CustomParser = result => new Uri(result.Tokens[0].Value),
    Description = "Public origin; the demo's shows and the sandbox provider must be there.",
};
var buyers = new Option<int>("--buyers") { DefaultValueFactory = _ => 32, Description = "Concurrent buyers." };
var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 60, Description = "How long they buy." };
var data = new Option<DirectoryInfo>("--data") { DefaultValueFactory = _ => new DirectoryInfo(".local") };
var root = new RootCommand("Complete purchases a second: hold, order, pay by Pix, ticket in hand.")
{
    url,
    buyers,
    seconds,
    data,
};
root.SetAction(
    (r, ct) =>
        PurchaseBench.RunAsync(
            r.GetValue(url)!,
            r.GetValue(buyers),
            TimeSpan.FromSeconds(r.GetValue(seconds)),
            r.GetValue(data)!.FullName,
            ct
        )
);
return await root.Parse(args).InvokeAsync();
