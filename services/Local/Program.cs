using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Ticketing.Local;
using Ticketing.Local.Auditing;
using Ticketing.Local.Demo;
using Ticketing.Local.Hosting;
using Ticketing.Local.Seeding;

// dotnet run --project services/Local            runs the whole system
// dotnet run --project services/Local -- demo    buys a ticket from the running system
// dotnet run --project services/Local -- seed    enters the demo's people and shows into a system that has none
// dotnet run --project services/Local -- audit   checks the invariants in every database

var port = new Option<int>("--port")
{
    Description = "Port of the public origin; every other port is chosen free.",
    DefaultValueFactory = _ => 8080,
    Recursive = true,
};
port.Validators.Add(r =>
{
    // The text: asking for the value throws when it is no number.
    if (r.Tokens is [var text] && !(int.TryParse(text.Value, out var n) && n is >= 1 and <= 65535))
        r.AddError("--port takes a number from 1 to 65535.");
});
var data = new Option<DirectoryInfo>("--data")
{
    Description = "Folder of databases, files, mails and secrets.",
    DefaultValueFactory = _ => new DirectoryInfo(".local"),
    Recursive = true,
};
var reset = new Option<bool>("--reset") { Description = "Forget everything that the data folder holds, then start." };
var noSeed = new Option<bool>("--no-seed") { Description = "Start without demo data." };
var processes = new Option<bool>("--processes") { Description = "One process a service, restarted when it dies." };
var replicas = new Option<string[]>("--replicas")
{
    Description = "How many of a service run behind the one origin, as orders=2; may be given several times.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [],
};
replicas.Validators.Add(r =>
{
    if (r.Tokens.Any(t => ReplicaCount().Match(t.Value) is not { Success: true }))
        r.AddError("--replicas takes a service and a number from 1 to 9, as orders=2.");
    else if (r.Tokens.Select(t => t.Value[..^2]).Distinct().Count() < r.Tokens.Count)
        r.AddError("--replicas names a service twice.");
});

var root = new RootCommand("Ticketing on one machine: PostgreSQL, the Dapr runtime and every service.")
{
    port,
    data,
    reset,
    noSeed,
    processes,
    replicas,
};
root.SetAction(
    (r, ct) =>
        CommandRunner.RunAsync(
            () =>
                RunCommand.RunAsync(
                    new LocalOptions
                    {
                        Port = r.GetValue(port),
                        DataDirectory = r.GetValue(data)!.FullName,
                        Reset = r.GetValue(reset),
                        Seed = !r.GetValue(noSeed),
                        Processes = r.GetValue(processes),
                        Replicas = r.GetValue(replicas)!
                            .Select(text => text.Split('='))
                            .ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture)),
                        EndsInOrder = true,
                    },
                    ct
                ),
            ct
        )
);

var url = new Option<Uri?>("--url")
{
    Description = "Public origin of a system elsewhere, as https://tickets.example; else the one at --port.",
    CustomParser = r => Uri.TryCreate(r.Tokens[0].Value, UriKind.Absolute, out var origin) ? origin : null,
};
url.Validators.Add(r =>
{
    if (
        r.Tokens is [var text]
        && !(
            Uri.TryCreate(text.Value, UriKind.Absolute, out var origin)
            && (origin.Scheme == Uri.UriSchemeHttps || origin.Scheme == Uri.UriSchemeHttp)
            && origin.PathAndQuery == "/"
        )
    )
        r.AddError("--url takes an origin, as https://tickets.example.");
});

var demo = new Command("demo", "Buys a ticket from end to end as a client would, and is admitted at the door.") { url };
demo.SetAction(
    (r, ct) => CommandRunner.RunAsync(() => DemoCommand.RunAsync(OriginOf(r), r.GetValue(data)!.FullName, ct), ct)
);
root.Add(demo);

var seed = new Command("seed", "Enters the demo's people and shows into a running system that has none.") { url };
seed.SetAction(
    (r, ct) =>
        CommandRunner.RunAsync(
            async () =>
            {
                await Seeder.RunAsync(OriginOf(r), ct);
                Console.WriteLine("The demo's people and shows are there.");
                return 0;
            },
            ct
        )
);
root.Add(seed);

var audit = new Command("audit", "Checks the invariants I1 to I7 in every database; exit code 1 on a violation.");
audit.SetAction((r, ct) => CommandRunner.RunAsync(() => AuditCommand.RunAsync(r.GetValue(data)!.FullName, ct), ct));
root.Add(audit);

// What --processes starts: one service (or the Dapr runtime), configured by its environment.
var appId = new Argument<string>("app-id");
var serve = new Command("serve") { appId };
serve.Hidden = true;
serve.SetAction((r, ct) => CommandRunner.RunAsync(() => ChildProcess.ServeAsync(r.GetValue(appId)!, ct), ct));
root.Add(serve);

Uri OriginOf(ParseResult r) => r.GetValue(url) ?? new Uri($"http://localhost:{r.GetValue(port)}");

return await root.Parse(args)
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });

internal static partial class Program
{
    [GeneratedRegex("^[a-z]+=[1-9]$")]
    private static partial Regex ReplicaCount();
}
