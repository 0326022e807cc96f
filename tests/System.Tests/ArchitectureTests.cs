using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Dapr;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Ticketing.Contracts;
using Ticketing.Local.Hosting;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.System.Tests;

/// <summary>What holds over all services.</summary>
public sealed partial class ArchitectureTests
{
    private const string CatalogueStart =
        "<!-- events: generated, UPDATE_SNAPSHOTS=1 dotnet test tests/System.Tests -->";
    private const string CatalogueEnd = "<!-- /events -->";

    private static readonly Assembly[] Services =
    [
        .. ServiceCatalog.All.Select(s => s.Build.Method.DeclaringType!.Assembly),
    ];

    private static readonly Type[] Events =
    [
        .. typeof(IEvent)
            .Assembly.GetTypes()
            .Where(t => t.IsClass && t.IsAssignableTo(typeof(IEvent)))
            .OrderBy(TypeOf, StringComparer.Ordinal),
    ];

    private static string TypeOf(Type type) => (string)type.GetProperty(nameof(IEvent.Type))!.GetValue(null)!;

    [Fact]
    public void No_service_knows_another_or_the_embedded_runtime()
    {
        var forbidden = Services
            .Append(typeof(EmbeddedDapr.DaprRuntime).Assembly)
            .Select(a => a.GetName().Name)
            .ToHashSet();
        foreach (var service in Services)
            Assert.DoesNotContain(
                service.GetReferencedAssemblies(),
                r => forbidden.Contains(r.Name) && r.Name != service.GetName().Name
            );
    }

    /// <summary>The Dapr SDK's own exceptions say "See InnerException", and a provider's words may hold an address.</summary>
    [Fact]
    public void What_failed_is_logged_by_its_reason_without_personal_data()
    {
        var services = Path.Combine(TestSystem.RepositoryRoot, "services");
        string[] ours =
        [
            .. ServiceCatalog.All.Select(s => s.Build.Method.DeclaringType!.Namespace!.Split('.')[^1]),
            "Shared",
        ];
        var wrong = ours.Where(name => name != "Sandbox")
            .SelectMany(name =>
                Directory.EnumerateFiles(Path.Combine(services, name), "*.cs", SearchOption.AllDirectories)
            )
            .Where(file =>
                Logged()
                    .Matches(File.ReadAllText(file))
                    .Any(call => call.Value.Contains(".Message", StringComparison.Ordinal))
            );
        Assert.Empty(wrong);
    }

    [GeneratedRegex(@"\.Log(?:Warning|Information|Error|Critical|Debug)\([^;]*\);")]
    private static partial Regex Logged();

    [Fact]
    public async Task Everything_subscribed_to_is_an_event_and_has_a_dead_letter_topic()
    {
        var topics = Events.Select(e => OutboxExtensions.TopicOf(TypeOf(e))).ToHashSet();
        foreach (var (service, endpoints) in await EndpointsAsync())
        foreach (var topic in endpoints.SelectMany(TopicsOf))
        {
            Assert.Contains(topic.Name, topics);
            Assert.Equal($"{service}-dead", ((IDeadLetterTopicMetadata)topic).DeadLetterTopic);
        }
    }

    [Fact]
    public async Task Only_named_endpoints_are_open_to_anonymous_people()
    {
        foreach (var (_, endpoints) in await EndpointsAsync())
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>())
        {
            var route = endpoint.RoutePattern.RawText ?? "";
            if (
                endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is null
                || endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is not { Count: > 0 } methods
                || methods.All(m => m is "GET" or "HEAD" or "OPTIONS")
                // A page's form is taken with its token alone.
                || endpoint.Metadata.GetMetadata<IAntiforgeryMetadata>() is { RequiresValidation: true }
            )
                continue;
            Assert.True(
                OpenWrites.Any(route.TrimStart('/').StartsWith),
                $"{string.Join(',', methods)} {route} is open"
            );
        }
    }

    /// <summary>Writes that need no bearer token, and why.</summary>
    private static readonly string[] OpenWrites =
    [
        "internal/", // the sidecar proves itself by token
        "events/", // likewise
        "dapr/",
        "api/v1/users", // registration
        "api/v1/tickets/{id:guid}/transfers/{transferId:guid}/decline", // by the mail's key
        "connect/", // the OpenID provider authenticates clients itself
        "account/", // log-in form, with antiforgery
        "sair", // whoever is signed in sends the form's token
        "api/v1/payments/webhooks/", // signed, or at a secret path
        "sandbox/", // another company's buttons for play money
        "api-pix/", // another company's API, with its own tokens
        "stripe/", // likewise, with its own key
    ];

    [Fact]
    public async Task Every_table_has_its_line_about_how_long_it_is_kept()
    {
        var services = Path.Combine(TestSystem.RepositoryRoot, "services");
        var readme = await File.ReadAllTextAsync(Path.Combine(services, "README.md"));
        var start = readme.IndexOf("### What grows", StringComparison.Ordinal);
        var section = readme[start..readme.IndexOf("### Whose data", start, StringComparison.Ordinal)];
        var named = new HashSet<string>();
        foreach (var line in section.Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal)))
        {
            var service = "";
            foreach (Match name in Regex.Matches(line.Split('|')[1], @"`(?:(\w+)\.)?([\w*]+)`"))
            {
                service = name.Groups[1].Success ? name.Groups[1].Value : service;
                named.Add($"{service}.{name.Groups[2].Value}");
            }
        }
        var tables =
            from service in Services
            let folder = Path.Combine(services, service.GetName().Name!)
            where Directory.Exists(Path.Combine(folder, "Migrations"))
            from file in Directory
                .GetFiles(Path.Combine(folder, "Migrations"), "*_Initial.cs")
                .Concat(Directory.GetFiles(folder, "*Schema.cs", SearchOption.AllDirectories))
            from Match table in Regex.Matches(
                File.ReadAllText(file),
                @"CreateTable\(\s*name: ""(\w+)""|CREATE TABLE (\w+)"
            )
            select (Service: NameOf(service), Table: table.Groups[1].Value + table.Groups[2].Value);
        Assert.NotEmpty(tables);
        Assert.Empty(
            tables
                .Where(t => !new[] { $"{t.Service}.{t.Table}", $".{t.Table}", $"{t.Service}.*" }.Any(named.Contains))
                .Select(t => $"{t.Service}.{t.Table}")
        );
    }

    [Fact]
    public async Task The_event_catalogue_of_the_services_README_is_true()
    {
        var path = Path.Combine(TestSystem.RepositoryRoot, "services", "README.md");
        var readme = await File.ReadAllTextAsync(path);
        var start = readme.IndexOf(CatalogueStart, StringComparison.Ordinal) + CatalogueStart.Length;
        var end = readme.IndexOf(CatalogueEnd, StringComparison.Ordinal);
        var expected = readme[..start] + "\n\n" + await CatalogueAsync() + "\n" + readme[end..];
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            await File.WriteAllTextAsync(path, expected);
        Assert.Equal(expected, await File.ReadAllTextAsync(path));
    }

    private static async Task<string> CatalogueAsync()
    {
        var endpoints = await EndpointsAsync();
        var table = new StringBuilder("| event | told by | heard by |\n|---|---|---|\n");
        foreach (var type in Events)
        {
            var topic = OutboxExtensions.TopicOf(TypeOf(type));
            var publishers = Services.Where(s => Publishes(s, type)).Select(NameOf).Order();
            var subscribers = endpoints
                .Where(e => e.Value.SelectMany(TopicsOf).Any(t => t.Name == topic))
                .Select(e => e.Key)
                .Order();
            table.Append(
                null,
                $"| `{TypeOf(type)}` | {string.Join(", ", publishers)} | {string.Join(", ", subscribers)} |\n"
            );
        }
        return table.ToString();
    }

    /// <summary>Does the service's code, beside its own subscriptions, speak of events of this type?</summary>
    private static bool Publishes(Assembly service, Type type)
    {
        var folder = Path.Combine(TestSystem.RepositoryRoot, "services", service.GetName().Name!);
        return Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".sql")
            .Where(file => !Path.GetFileName(file).StartsWith("On", StringComparison.Ordinal))
            .SelectMany(File.ReadLines)
            .Where(line => !line.Contains("MapEvent<", StringComparison.Ordinal))
            .Any(line =>
                line.Contains($"'{TypeOf(type)}'", StringComparison.Ordinal)
                // Shared code makes it.
                || type == typeof(ActRecorded) && line.Contains(".Did(", StringComparison.Ordinal)
                || Regex.IsMatch(line, $@"\bnew {type.Name}\(|<{type.Name}>|\b{type.Name}\.Type\b")
            );
    }

    private static string NameOf(Assembly service) => service.GetName().Name!.ToLowerInvariant();

    private static IEnumerable<ITopicMetadata> TopicsOf(Endpoint endpoint) =>
        endpoint.Metadata.OfType<ITopicMetadata>();

    private static async Task<Dictionary<string, IReadOnlyList<Endpoint>>> EndpointsAsync()
    {
        var all = new Dictionary<string, IReadOnlyList<Endpoint>>();
        foreach (var service in ServiceCatalog.All)
        {
            await using var app = service.Build(["--environment=Development"]);
            all[service.AppId] = [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(d => d.Endpoints)];
        }
        return all;
    }
}
