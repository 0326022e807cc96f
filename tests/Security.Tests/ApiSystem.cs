using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ticketing.Contracts;
using Ticketing.Local;
using Ticketing.Local.Hosting;
using Ticketing.Local.Seeding;
using Ticketing.LocalPostgres;

namespace Ticketing.Security.Tests;

/// <summary>
/// The whole system behind its Gateway, with somebody in each role and one thing of each kind. What is asked of it changes
/// nothing that another request needs: an edit names a version that never was, what would be ended is ended already.
/// </summary>
public sealed partial class ApiSystem : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("ticketing-security-").FullName;
    private readonly Dictionary<string, string?> tokens = [];
    private LocalSystem system = null!;
    private Things things = null!;

    internal HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        system = await LocalSystem.StartAsync(
            new LocalOptions
            {
                Port = FreePort.Next(),
                DataDirectory = folder,
                Seed = false,
                Durable = false,
            },
            new Progress<string>(),
            CancellationToken.None
        );
        Http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                Expect100ContinueTimeout = Timeout.InfiniteTimeSpan,
                RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            }
        )
        {
            BaseAddress = new(system.BaseUrl),
        };
        var secrets = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, DataFolder.SecretsName)))!;
        var people = await People.RegisterAsync(Http.BaseAddress!);
        foreach (var (role, api) in people)
            tokens[role] = api.AccessToken;
        tokens[Role.Anonymous] = null;
        tokens[Role.Expired] = Tokens.Expired(tokens[Role.Admin]!, $"{secrets[SecretNames.OidcSigningKey]}");
        tokens[Role.Forged] = Tokens.Forged(tokens[Role.Admin]!);
        things = await Things.MakeAsync(people, Http.BaseAddress, $"{secrets[SecretNames.PixWebhookSecret]}");
    }

    internal string? TokenOf(string role) => tokens[role];

    /// <summary>The operation as this role asks for it.</summary>
    /// <param name="draft">Of an event that is not published.</param>
    internal HttpRequestMessage Request(Operation operation, string role, bool draft = false)
    {
        var query = string.Join(
            '&',
            operation
                .Parameters.Where(p => p is { In: "query", Required: true })
                .Select(p => $"{p.Name}={things.Query[p.Name]}")
        );
        var request = new HttpRequestMessage(
            new(operation.Method),
            PathOf(operation, role, draft) + (query.Length == 0 ? "" : "?" + query)
        );
        if (tokens[role] is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, _, required) in operation.Parameters.Where(p => p.In == "header"))
            if (name == "If-Match")
                request.Headers.TryAddWithoutValidation(name, "\"0\"");
            else if (required)
                request.Headers.Add(name, $"{Guid.CreateVersion7()}");
        if (operation.MediaType == Things.PictureType)
            request.Content = Things.Picture();
        else if (operation.HasBody)
            request.Content = Json(things.Bodies.GetValueOrDefault(operation.Id)?.ToJsonString() ?? "{}");
        return request;
    }

    /// <summary>What the Gateway says of the API, and of the sandbox.</summary>
    internal async Task<IReadOnlyList<Operation>> DocumentAsync() =>
        [
            .. Operation.In(JsonNode.Parse(await Http.GetStringAsync("/openapi/v1.json"))!),
            .. Operation.In(JsonNode.Parse(await Http.GetStringAsync("/openapi/sandbox.json"))!),
        ];

    internal static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    /// <summary>A parameter is found by what stands before it.</summary>
    private string PathOf(Operation operation, string role, bool draft) =>
        Parameter().Replace(operation.Path, p => things.IdOf(operation, operation.Path[..p.Index], role, draft));

    [GeneratedRegex("{[^}]+}")]
    private static partial Regex Parameter();

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (system is not null)
            await system.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

[CollectionDefinition(Name)]
public sealed class OneSystem : ICollectionFixture<ApiSystem>
{
    public const string Name = "one system";
}
