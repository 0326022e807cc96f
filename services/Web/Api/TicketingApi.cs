using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Ticketing.ServiceDefaults;

namespace Ticketing.Web.Api;

/// <summary>
/// The public API, asked with the token of whoever is signed in at this request. A refusal comes out as
/// <see cref="ApiProblemException"/>, silence as <see cref="PeerUnavailableException"/>.
/// </summary>
internal sealed class TicketingApi(Sidecar sidecar, IHttpContextAccessor current)
{
    private const string TypePrefix = Problems.TypePrefix;
    private const int InFlightTries = 10;
    private static readonly TimeSpan InFlightPause = TimeSpan.FromMilliseconds(300);

    private sealed record Upload(byte[] Content, string Type);

    private int calls;

    private HttpContext Context => current.HttpContext!;

    public Task<T> GetAsync<T>(string appId, string path) => SendAsync<T>(HttpMethod.Get, appId, path, null);

    /// <summary>With its entity tag, for the form that edits it.</summary>
    public async Task<(T Value, string? Tag)> GetTaggedAsync<T>(string appId, string path)
    {
        using var answer = await ExchangeAsync(HttpMethod.Get, appId, path, null, null);
        return (await ReadAsync<T>(answer), answer.Headers.ETag?.ToString());
    }

    /// <summary>Like Get, but null on 404.</summary>
    public async Task<T?> FindAsync<T>(string appId, string path)
        where T : class
    {
        try
        {
            return await GetAsync<T>(appId, path);
        }
        catch (ApiProblemException p)
            when (p.Status is StatusCodes.Status404NotFound or StatusCodes.Status400BadRequest)
        {
            return null;
        }
    }

    /// <param name="key">Idempotency-Key: the same form sent twice is one request.</param>
    /// <param name="tag">If-Match: what changed since it was read is refused (412).</param>
    public async Task<T> SendAsync<T>(
        HttpMethod method,
        string appId,
        string path,
        object? body,
        string? key = null,
        string? tag = null
    )
    {
        using var answer = await ExchangeAsync(method, appId, path, body, key, tag);
        return await ReadAsync<T>(answer);
    }

    /// <summary>Changes what is still as its tag says; what changed meanwhile is refused (412).</summary>
    public async Task EditAsync(string appId, string path, object body, string? tag)
    {
        using var answer = await ExchangeAsync(HttpMethod.Patch, appId, path, body, null, tag);
    }

    /// <summary>Puts a file, and answers with what it changed and its entity tag.</summary>
    public async Task<(T Value, string? Tag)> UploadAsync<T>(string appId, string path, byte[] content, string type)
    {
        using var answer = await ExchangeAsync(HttpMethod.Put, appId, path, new Upload(content, type), null);
        return (await ReadAsync<T>(answer), answer.Headers.ETag?.ToString());
    }

    /// <summary>A file of any size, read while it comes. The caller disposes of it.</summary>
    public Task<HttpResponseMessage> OpenAsync(string appId, string path) =>
        ExchangeAsync(HttpMethod.Get, appId, path, null, null);

    /// <summary>A file, with its type.</summary>
    public async Task<(byte[] Content, string Type)> DownloadAsync(string appId, string path)
    {
        using var answer = await ExchangeAsync(HttpMethod.Get, appId, path, null, null);
        return (
            await answer.Content.ReadAsByteArrayAsync(Context.RequestAborted),
            answer.Content.Headers.ContentType?.MediaType ?? "application/octet-stream"
        );
    }

    /// <summary>For requests whose answer says nothing.</summary>
    public async Task SendAsync(HttpMethod method, string appId, string path, object? body, string? key = null)
    {
        using var answer = await ExchangeAsync(method, appId, path, body, key);
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer) =>
        await answer.Content.ReadFromJsonAsync<T>(ServiceDefaultsExtensions.Json, Context.RequestAborted)
        ?? throw new PeerUnavailableException($"{answer.RequestMessage?.RequestUri} answered nothing.");

    private async Task<HttpResponseMessage> ExchangeAsync(
        HttpMethod method,
        string appId,
        string path,
        object? body,
        string? key,
        string? tag = null
    )
    {
        for (var tries = 1; ; tries++)
        {
            var answer = await SendOnceAsync(method, appId, path, body, key, tag);
            if (answer.IsSuccessStatusCode)
                return answer;
            using (answer)
            {
                var problem = await ProblemOfAsync(answer, appId);
                // The second press of a button waits for what the first one is answered.
                if (
                    problem is not ApiProblemException { Code: "request-in-flight" or "contended" }
                    || tries == InFlightTries
                )
                    throw problem;
            }
            await Task.Delay(InFlightPause, Context.RequestAborted);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        HttpMethod method,
        string appId,
        string path,
        object? body,
        string? key,
        string? tag
    )
    {
        // What a page costs is seen in every browser's tools.
        if (!Context.Response.HasStarted)
            Context.Response.Headers["Server-Timing"] = $"api;desc=\"{Interlocked.Increment(ref calls)} calls\"";
        using var request = new HttpRequestMessage(method, $"http://{appId}{path}");
        if (body is Upload file)
            request.Content = new ByteArrayContent(file.Content) { Headers = { ContentType = new(file.Type) } };
        else if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: ServiceDefaultsExtensions.Json);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        if (await Context.GetTokenAsync("access_token") is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        // Whom limits by network are counted for: as the Gateway saw it.
        if (Context.Request.Headers["X-Forwarded-For"].ToString() is { Length: > 0 } client)
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", client);
        try
        {
            return await sidecar.Http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                Context.RequestAborted
            );
        }
        catch (Exception e)
            when (e is HttpRequestException or TaskCanceledException && !Context.RequestAborted.IsCancellationRequested)
        {
            throw new PeerUnavailableException($"{appId} is not answering.", e);
        }
    }

    private static async Task<Exception> ProblemOfAsync(HttpResponseMessage answer, string appId)
    {
        var status = (int)answer.StatusCode;
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return status >= 500
                ? new PeerUnavailableException($"{appId} answered {status}.")
                : new ApiProblemException(status, "error", null);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var problem = new ApiProblemException(0, "", null) { Body = body };
        var type = problem.Text("type") ?? "";
        return new ApiProblemException(
            status,
            type.StartsWith(TypePrefix, StringComparison.Ordinal) ? type[TypePrefix.Length..] : "error",
            problem.Text("detail")
        )
        {
            Body = body,
            TraceId = problem.Text("traceId"),
            RetryAfter = answer.Headers.RetryAfter?.Delta,
            Errors =
                body.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object
                    ? errors.Deserialize<Dictionary<string, string[]>>()!
                    : new Dictionary<string, string[]>(),
        };
    }
}
