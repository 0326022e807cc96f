using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using MimeKit;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using Ticketing.Users.Tests;

[assembly: AssemblyFixture(typeof(UsersApp))]

namespace Ticketing.Users.Tests;

/// <summary>The service on a real database and sidecar, and a neighbour that hears its events.</summary>
public sealed class UsersApp : IAsyncLifetime
{
    public const string Password = "correct horse battery";
    public const string Admin = "admin@ticketing.test";
    private const string Listener = "listener";
    private static readonly string[] Development =
    [
        "Users:PasswordGrant=true",
        $"Users:Admins:0={Admin}",
        "Users:RefreshReuseSeconds=0",
        "Users:MachineSecret=a-secret-of-the-machine-for-tests-alone",
    ];

    private readonly string[] settings;
    private readonly ConcurrentDictionary<string, Mail> mails = new();
    private readonly ConcurrentDictionary<string, bool> read = new();
    private int clients;

    public UsersApp()
        : this(Development) { }

    private UsersApp(string[] settings) => this.settings = settings;

    public TestSystem System { get; } = new();
    public ConcurrentQueue<UserErased> Erased { get; } = new();
    public ConcurrentQueue<OrganizerConsentChanged> Consents { get; } = new();
    public HeardActs Acts { get; } = new();

    /// <summary>A system of its own, for tests that change what all see.</summary>
    public static async Task<UsersApp> StartAsync(params string[] settings)
    {
        var app = Create(settings);
        await app.InitializeAsync();
        return app;
    }

    /// <summary>With nothing that is for development.</summary>
    public static async Task<UsersApp> StartBareAsync(params string[] settings)
    {
        var app = new UsersApp(settings);
        await app.InitializeAsync();
        return app;
    }

    public static UsersApp Create(params string[] settings) => new([.. Development, .. settings]);

    public async ValueTask InitializeAsync() =>
        await System
            .Service(AppIds.Users, UsersService.Build, settings)
            .Service(Listener, BuildListener)
            .Service("acts", Acts.Build)
            .Stub(AppIds.Orders, Keeper("orders"))
            .Stub(AppIds.Tickets, Keeper("tickets"))
            .Stub(AppIds.Notifications, Keeper("mails"))
            .Stub(AppIds.Events, Keeper("teams"))
            .StartAsync();

    /// <summary>Another service that keeps something about everybody.</summary>
    private static PeerStub Keeper(string what) =>
        new()
        {
            Handle = request =>
                Task.FromResult(
                    request.Is("GET /internal/exports/*")
                        ? PeerStub.Json(new { kept = $"{what} of {request.Segment(2)}" })
                        : PeerStub.Problem(404, "not-found")
                ),
        };

    public ValueTask DisposeAsync() => System.DisposeAsync();

    private WebApplication BuildListener(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(Listener, args);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapEvent<UserErased>((UserErased e) => Erased.Enqueue(e));
        app.MapEvent<OrganizerConsentChanged>((OrganizerConsentChanged e) => Consents.Enqueue(e));
        return app;
    }

    public static string NewEmail() => $"p{Guid.CreateVersion7():N}@example.com";

    /// <summary>Anybody, from an address that nobody else comes from.</summary>
    public HttpClient Anonymous()
    {
        var http = System.Client(AppIds.Users);
        var n = Interlocked.Increment(ref clients);
        http.DefaultRequestHeaders.Add("X-Forwarded-For", $"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}");
        return http;
    }

    public HttpClient Bearer(string token)
    {
        var http = Anonymous();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    public static object Registration(
        string email,
        string password = Password,
        string name = "Ana Conceição",
        string? cpf = null
    ) =>
        new
        {
            email,
            password,
            name,
            cpf,
        };

    /// <summary>Registers a person.</summary>
    public async Task<Person> RegisterAsync(string? email = null, string? cpf = null)
    {
        email ??= NewEmail();
        using var http = Anonymous();
        using var response = await http.PostAsJsonAsync("/api/v1/users", Registration(email, cpf: cpf));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return await FindAsync(email);
    }

    public async Task<Person> FindAsync(string email) =>
        new(await ScalarAsync<Guid>("SELECT id FROM users WHERE email = $1", email), email);

    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var source = NpgsqlDataSource.Create(System.Database(AppIds.Users));
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Registers a person who proves the address by the mail's code.</summary>
    public async Task<Person> RegisterVerifiedAsync()
    {
        var person = await RegisterAsync();
        var mail = await MailAsync(person.Email, "Confirme seu e-mail");
        using var me = await SignInAsync(person);
        using var response = await me.PostAsJsonAsync("/api/v1/me/email/confirmation", new { code = mail.Code });
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        return person;
    }

    /// <summary>Waits for the latest mail with this subject to this address; none that was asked for before.</summary>
    public Task<Mail> MailAsync(string to, string subject) =>
        Eventually.GetAsync(
            () =>
                Task.FromResult(
                    Mails().LastOrDefault(m => m.To == to && m.Subject == subject && read.TryAdd(m.File, true))
                ),
            m => m is not null
        )!;

    /// <summary>All that was sent, oldest first.</summary>
    public IEnumerable<Mail> Mails()
    {
        var folder = Path.Combine(System.Folder, "mails");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.eml").Order().Select(f => mails.GetOrAdd(f, Mail.Read))
            : [];
    }

    /// <summary>A client that acts for the person.</summary>
    public async Task<HttpClient> SignInAsync(Person person) => Bearer((await TokensAsync(person)).Access);

    /// <summary>A client that acts for the administrator.</summary>
    public async Task<HttpClient> AdminAsync()
    {
        using var http = Anonymous();
        using var response = await http.PostAsJsonAsync("/api/v1/users", Registration(Admin));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return await SignInAsync(new(Guid.Empty, Admin));
    }

    public async Task<Tokens> TokensAsync(
        Person person,
        string scope = "openid offline_access",
        string password = Password
    )
    {
        using var http = Anonymous();
        using var response = await http.TokenAsync(
            ("grant_type", "password"),
            ("client_id", "ticketing-cli"),
            ("username", person.Email),
            ("password", password),
            ("scope", scope)
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await Tokens.ReadAsync(response);
    }
}

public sealed record Person(Guid Id, string Email);

/// <summary>A mail that was sent.</summary>
public sealed partial record Mail(string File, string To, string Subject, string Text, string Html)
{
    public string Code => CodePattern().Match(Text).Value;

    /// <summary>Its path on our origin.</summary>
    public string Link => LinkPattern().Match(Text).Groups[1].Value;

    public static Mail Read(string file)
    {
        using var message = MimeMessage.Load(file);
        return new(
            file,
            message.To.Mailboxes.Single().Address,
            message.Subject!,
            message.TextBody!.ReplaceLineEndings("\n"),
            message.HtmlBody!
        );
    }

    [GeneratedRegex(@"\b\d{6}\b")]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"http://localhost:8080(/\S+)")]
    private static partial Regex LinkPattern();
}

public sealed record Tokens(string Access, string? Refresh, string? Id)
{
    public static async Task<Tokens> ReadAsync(HttpResponseMessage response)
    {
        var json = await response.IsOkAsync();
        return new(
            json["access_token"]!.GetValue<string>(),
            json["refresh_token"]?.GetValue<string>(),
            json["id_token"]?.GetValue<string>()
        );
    }
}

internal static class HttpExtensions
{
    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

    public static Task<HttpResponseMessage> TokenAsync(
        this HttpClient http,
        params (string Name, string Value)[] fields
    ) => http.PostFormAsync("/connect/token", fields);

    public static async Task<HttpResponseMessage> PostFormAsync(
        this HttpClient http,
        string path,
        params IEnumerable<(string Name, string Value)> fields
    )
    {
        using var content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await http.PostAsync(path, content);
    }

    public static Task<HttpResponseMessage> PasswordAsync(this HttpClient http, string username, string password) =>
        http.TokenAsync(
            ("grant_type", "password"),
            ("client_id", "ticketing-cli"),
            ("username", username),
            ("password", password)
        );

    public static Task<HttpResponseMessage> RefreshAsync(
        this HttpClient http,
        string token,
        string client = "ticketing-cli"
    ) => http.TokenAsync(("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token));

    /// <summary>The answer is an OAuth 2.0 error.</summary>
    public static async Task<JsonNode> IsOAuthErrorAsync(
        this HttpResponseMessage response,
        string error,
        int status = 400
    )
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {text}");
        var body = JsonNode.Parse(text)!;
        Assert.Equal(error, body["error"]!.GetValue<string>());
        return body;
    }

    public static async Task PutJsonAsync(this HttpClient http, string path, object body)
    {
        using var response = await http.PutAsJsonAsync(path, body);
        Assert.True(response.IsSuccessStatusCode);
    }

    public static async Task<HttpResponseMessage> DeleteJsonAsync(this HttpClient http, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path) { Content = JsonContent.Create(body) };
        return await http.SendAsync(request);
    }

    /// <summary>The answer is this problem.</summary>
    public static async Task<JsonNode> IsProblemAsync(
        this HttpResponseMessage response,
        int status,
        string code,
        string? field = null
    )
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        Assert.Equal($"/docs/errors#{code}", problem["type"]!.GetValue<string>());
        if (field is not null)
            Assert.True(problem["errors"]?[field] is not null, text);
        return problem;
    }

    public static async Task<JsonNode> IsOkAsync(this HttpResponseMessage response, int status = 200)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
    }
}
