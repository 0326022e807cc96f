using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;

[assembly: HostingStartup(typeof(Ticketing.TestKit.CorpusRecorder))]

namespace Ticketing.TestKit;

/// <summary>
/// Writes down every request that a test makes to a service's public side, and how it was answered: what the firewall
/// must let pass. Only <c>infra/checks/waf/record.sh</c> switches it on, as a hosting startup of whatever the tests host.
/// </summary>
public sealed class CorpusRecorder : IHostingStartup, IStartupFilter
{
    private static readonly Lock Writing = new();
    private static readonly string[] Internal = ["/internal", "/events", "/healthz", "/dapr"];

    // Of the connection, of tracing, and of what stands between: not the client's.
    private static readonly HashSet<string> Ignored = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection",
        "Content-Length",
        "Host",
        "traceparent",
        "tracestate",
        "Transfer-Encoding",
    };

    private readonly string? folder = Environment.GetEnvironmentVariable("RECORD_CORPUS");

    public void Configure(IWebHostBuilder builder)
    {
        if (folder is not null)
            builder.ConfigureServices(services => services.AddSingleton<IStartupFilter>(this));
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(RecordAsync);
            next(app);
        };

    private async Task RecordAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        // Dapr's own are what the Gateway has forwarded, or never came through it.
        if (
            request.Headers.Keys.Any(h => h.StartsWith("dapr-", StringComparison.OrdinalIgnoreCase))
            || Internal.Any(p => request.Path.StartsWithSegments(p))
        )
        {
            await next(context);
            return;
        }
        request.EnableBuffering();
        var buffered = request.Body;
        await next(context);
        // Nobody reads on: the body is too large.
        if (context.Response.StatusCode == StatusCodes.Status413PayloadTooLarge)
            return;
        using var body = new MemoryStream();
        buffered.Position = 0;
        await buffered.CopyToAsync(body);
        var line = JsonSerializer.Serialize(
            new
            {
                method = request.Method,
                target = request.GetEncodedPathAndQuery(),
                headers = request
                    .Headers.Where(h => !Ignored.Contains(h.Key))
                    .ToDictionary(h => h.Key, h => h.Value.ToString()),
                body = Encoding.UTF8.GetString(body.ToArray()),
                status = context.Response.StatusCode,
            }
        );
        lock (Writing)
            File.AppendAllText(Path.Combine(folder!, $"{Environment.ProcessId}.jsonl"), line + "\n");
    }
}
