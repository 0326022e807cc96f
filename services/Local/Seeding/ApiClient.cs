using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Ticketing.Local.Seeding;

/// <summary>A client of the public API as anyone could write it: plain HTTP and JSON.</summary>
internal sealed class ApiClient(Uri baseUrl) : IDisposable
{
    private static readonly TimeSpan KnownLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan KnownPoll = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient http = new() { BaseAddress = baseUrl };

    /// <summary>All requests from now on are of one trace, as those of a browser's page are.</summary>
    public ActivityContext BeginTrace(ActivityTraceId? trace = null)
    {
        var here = new ActivityContext(
            trace ?? ActivityTraceId.CreateRandom(),
            ActivitySpanId.CreateRandom(),
            ActivityTraceFlags.Recorded
        );
        http.DefaultRequestHeaders.Remove("traceparent");
        http.DefaultRequestHeaders.Add("traceparent", $"00-{here.TraceId}-{here.SpanId}-01");
        return here;
    }

    /// <summary>How long an answer is waited for, from the first request on.</summary>
    public TimeSpan Patience
    {
        init => http.Timeout = value;
    }

    public string? AccessToken => http.DefaultRequestHeaders.Authorization?.Parameter;

    /// <exception cref="LocalException">The name or password is wrong.</exception>
    public async Task LogInAsync(string email, string password, CancellationToken ct)
    {
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "password",
                ["client_id"] = "ticketing-cli",
                ["username"] = email,
                ["password"] = password,
            }
        );
        var token = await ReadAsync(await http.PostAsync("/connect/token", form, ct), ct);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            token["access_token"]!.GetValue<string>()
        );
    }

    public async Task<JsonNode> GetAsync(string path, CancellationToken ct) =>
        await ReadAsync(await http.GetAsync(path, ct), ct);

    public async Task<JsonNode> PostAsync(
        string path,
        object? body,
        CancellationToken ct,
        string? idempotencyKey = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(body ?? new { }),
        };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await ReadAsync(await http.SendAsync(request, ct), ct);
    }

    /// <summary>Repeats while the answer is 404: another service has not heard of the thing yet.</summary>
    public async Task<JsonNode> PostWhenKnownAsync(string path, object body, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var response = await SendAsync(HttpMethod.Post, path, body, ct);
            if (response.StatusCode != HttpStatusCode.NotFound || Stopwatch.GetElapsedTime(start) > KnownLimit)
                return await ReadAsync(response, ct);
            response.Dispose();
            await Task.Delay(KnownPoll, ct);
        }
    }

    public Task<byte[]> DownloadAsync(string path, CancellationToken ct) => http.GetByteArrayAsync(path, ct);

    /// <summary>The raw answer, for those who expect a refusal.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, CancellationToken ct) =>
        http.SendAsync(
            new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) },
            ct
        );

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(ct);
            if (!response.IsSuccessStatusCode)
                throw new LocalException(
                    $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.PathAndQuery} answered {(int)response.StatusCode}: {text}"
                );
            return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
        }
    }

    public void Dispose() => http.Dispose();
}

internal static class JsonNodes
{
    public static string Text(this JsonNode node, string name) => node[name]!.ToString();

    public static Guid Id(this JsonNode node) => Guid.Parse(node.Text("id"));
}
