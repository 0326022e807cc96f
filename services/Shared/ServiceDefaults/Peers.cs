using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapr.Client;
using Microsoft.Extensions.Configuration;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>Another service did not answer (now); the caller may try again.</summary>
public sealed class PeerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Requests to other services by Dapr service invocation. A problem answered by the peer comes out as the same
/// <see cref="ProblemException"/>; silence, 5xx and a refused connection as <see cref="PeerUnavailableException"/>.
/// </summary>
public sealed class Peers(HttpClient http)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    internal static Peers Create(IConfiguration configuration)
    {
        var http = DaprClient.CreateInvokeHttpClient(
            daprEndpoint: configuration["DAPR_HTTP_ENDPOINT"]
                ?? $"http://127.0.0.1:{configuration["DAPR_HTTP_PORT"] ?? "3500"}",
            daprApiToken: configuration["DAPR_API_TOKEN"]
        );
        http.Timeout = Timeout;
        return new(http);
    }

    public Task<T> GetAsync<T>(string appId, string path, CancellationToken ct) =>
        SendAsync<T>(HttpMethod.Get, appId, path, null, ct);

    /// <summary>Like Get, but null on 404.</summary>
    public async Task<T?> FindAsync<T>(string appId, string path, CancellationToken ct)
        where T : class
    {
        try
        {
            return await GetAsync<T>(appId, path, ct);
        }
        catch (ProblemException e) when (e.Status == 404)
        {
            return null;
        }
    }

    public Task<T> PostAsync<T>(string appId, string path, object? body, CancellationToken ct) =>
        SendAsync<T>(HttpMethod.Post, appId, path, body, ct);

    public Task<T> PutAsync<T>(string appId, string path, object? body, CancellationToken ct) =>
        SendAsync<T>(HttpMethod.Put, appId, path, body, ct);

    /// <summary>A file; null on 404.</summary>
    public async Task<byte[]?> DownloadAsync(string appId, string path, CancellationToken ct)
    {
        try
        {
            using var response = await ExchangeAsync(HttpMethod.Get, appId, path, null, ct);
            return await response.Content.ReadAsByteArrayAsync(ct);
        }
        catch (ProblemException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>For requests that answer nothing.</summary>
    public async Task SendAsync(HttpMethod method, string appId, string path, object? body, CancellationToken ct)
    {
        using var response = await ExchangeAsync(method, appId, path, body, ct);
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string appId, string path, object? body, CancellationToken ct)
    {
        using var response = await ExchangeAsync(method, appId, path, body, ct);
        return await response.Content.ReadFromJsonAsync<T>(ServiceDefaultsExtensions.Json, ct)
            ?? throw new PeerUnavailableException($"{appId} answered nothing to {method} {path}.");
    }

    private async Task<HttpResponseMessage> ExchangeAsync(
        HttpMethod method,
        string appId,
        string path,
        object? body,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, $"http://{appId}/{path.TrimStart('/')}");
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: ServiceDefaultsExtensions.Json);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, ct);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            throw new PeerUnavailableException($"{appId} is not answering.", e);
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await ProblemOfAsync(response, appId, ct);
    }

    private static async Task<Exception> ProblemOfAsync(
        HttpResponseMessage response,
        string appId,
        CancellationToken ct
    )
    {
        var status = (int)response.StatusCode;
        if (response.StatusCode >= HttpStatusCode.InternalServerError)
            return new PeerUnavailableException($"{appId} answered {status}.");
        string? type = null;
        string? detail = null;
        Dictionary<string, string[]>? errors = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
            type = problem.TryGetProperty("type", out var t) ? t.GetString() : null;
            detail = problem.TryGetProperty("detail", out var d) ? d.GetString() : null;
            errors = problem.TryGetProperty("errors", out var e) ? e.Deserialize<Dictionary<string, string[]>>() : null;
        }
        var code =
            type?.StartsWith(Problems.TypePrefix, StringComparison.Ordinal) == true
                ? type[Problems.TypePrefix.Length..]
                : "error";
        return new ProblemException(
            status,
            code,
            detail ?? $"{appId} answered {status}.",
            response.Headers.RetryAfter?.Delta
        )
        {
            Errors = errors,
        };
    }
}

public static class PeerUsers
{
    /// <summary>Who has the account; null: there is none any more.</summary>
    public static Task<UserRef?> FindUserAsync(this Peers peers, Guid id, CancellationToken ct) =>
        peers.FindAsync<UserRef>(AppIds.Users, $"internal/users/{id}", ct);

    /// <summary>Those of them who have an account.</summary>
    public static async Task<IReadOnlyList<UserRef>> FindUsersAsync(
        this Peers peers,
        IReadOnlyCollection<Guid> ids,
        CancellationToken ct
    )
    {
        var found = new List<UserRef>();
        foreach (var some in ids.Distinct().Chunk(FindUsers.Most))
            found.AddRange(
                await peers.GetAsync<List<UserRef>>(
                    AppIds.Users,
                    $"internal/users/several?ids={string.Join(',', some)}",
                    ct
                )
            );
        return found;
    }
}
