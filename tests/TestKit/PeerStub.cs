using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ticketing.ServiceDefaults;

namespace Ticketing.TestKit;

/// <summary>What a stand-in neighbour was asked.</summary>
public sealed record PeerRequest(string Method, string Path, string Query, string Body)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public T Read<T>() => JsonSerializer.Deserialize<T>(Body, ServiceDefaultsExtensions.Json)!;

    /// <summary>Does the request match, e.g. <c>"POST /internal/holds/*/attach"</c>? A star stands for one segment.</summary>
    public bool Is(string pattern)
    {
        var (method, path) = (pattern.Split(' ')[0], pattern.Split(' ')[1].Split('/'));
        var actual = Path.Split('/');
        return method == Method
            && path.Length == actual.Length
            && path.Zip(actual).All(pair => pair.First == "*" || pair.First == pair.Second);
    }

    /// <summary>The n-th segment of the path, from 0.</summary>
    public string Segment(int n) => Path.Trim('/').Split('/')[n];
}

/// <summary>A neighbour service played by a test, over the real wire. Set <see cref="Handle"/> per test.</summary>
public sealed class PeerStub
{
    public ConcurrentQueue<PeerRequest> Requests { get; } = new();

    /// <summary>Answers 404 until set.</summary>
    public Func<PeerRequest, Task<IResult>> Handle { get; set; } = _ => Task.FromResult(Results.NotFound());

    public static IResult Json(object value, int status = 200) =>
        Results.Json(value, ServiceDefaultsExtensions.Json, statusCode: status);

    public static IResult Problem(int status, string code) =>
        Results.Problem(statusCode: status, type: Problems.TypePrefix + code, detail: code);

    /// <summary>Begins a server that a test plays.</summary>
    public static WebApplicationBuilder CreateBuilder(params string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder([ServiceDefaultsExtensions.KeepConfiguration, .. args]);
        builder.Logging.ClearProviders();
        return builder;
    }

    internal WebApplication Build(string[] args)
    {
        var builder = CreateBuilder(args);
        builder.WebHost.ConfigureKestrel(k => k.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        app.MapGet("/dapr/subscribe", () => Results.Json(Array.Empty<string>()));
        app.MapFallback(
            "{**path}",
            async (HttpRequest request) =>
            {
                using var reader = new StreamReader(request.Body, Encoding.UTF8);
                var asked = new PeerRequest(
                    request.Method,
                    request.Path,
                    request.QueryString.ToString(),
                    await reader.ReadToEndAsync()
                )
                {
                    Headers = request.Headers.ToDictionary(
                        h => h.Key,
                        h => h.Value.ToString(),
                        StringComparer.OrdinalIgnoreCase
                    ),
                };
                Requests.Enqueue(asked);
                return await Handle(asked);
            }
        );
        return app;
    }
}
