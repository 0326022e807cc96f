using System.CommandLine;
using Ticketing.Bench;

// dotnet run -c Release --project tests/Bench -- --buyers 32 --seconds 60
// Buys against the running system (dotnet run -c Release --project services/Local) over public HTTP.

var port = new Option<int>("--port") { DefaultValueFactory = _ => 8080 };
var buyers = new Option<int>("--buyers")
{
    DefaultValueFactory = _ => 32,
    Description = "Concurrent buyers.",
};
var seconds = new Option<int>("--seconds")
{
    DefaultValueFactory = _ => 60,
    Description = "How long they buy.",
};
var data = new Option<DirectoryInfo>("--data")
{
    DefaultValueFactory = _ => new DirectoryInfo(".local"),
};
var root = new RootCommand("Complete purchases a second: hold, order, pay by Pix, ticket in hand.")
{
    port,
    buyers,
    seconds,
    data,
};
root.SetAction(
    (r, ct) =>
        PurchaseBench.RunAsync(
            new Uri($"http://localhost:{r.GetValue(port)}"),
            r.GetValue(buyers),
            TimeSpan.FromSeconds(r.GetValue(seconds)),
            r.GetValue(data)!.FullName,
            ct
        )
);
return await root.Parse(args).InvokeAsync();
