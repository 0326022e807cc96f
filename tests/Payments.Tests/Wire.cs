using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>What passed on the wire.</summary>
public sealed record Exchange(string Method, string Path, string Body, Dictionary<string, string> Headers)
{
    public bool Concerns(string text) =>
        Path.Contains(text, StringComparison.Ordinal) || Body.Contains(text, StringComparison.Ordinal);
}

/// <summary>A request that is kept on its way.</summary>
public sealed class Held
{
    public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A network between two companies that a test can disturb.</summary>
public sealed class Wire : IAsyncDisposable
{
    private sealed record Fault(Func<Exchange, bool> Matches, Func<HttpContext, Func<Task>, Task> Act);

    private sealed class Lifted(Action lift) : IDisposable
    {
        public void Dispose() => lift();
    }

    private readonly ConcurrentDictionary<Guid, Fault> faults = new();
    private readonly HttpClient http = new();
    private readonly WebApplication app;

    /// <summary>Where it leads to.</summary>
    public Uri? Target { get; set; }

    public string Url => app.Urls.First();

    /// <summary>Everything that came in, in order.</summary>
    public ConcurrentQueue<Exchange> Seen { get; } = new();

    private Wire(WebApplication app) => this.app = app;

    /// <summary>The subjects of the client certificates that came; only where the wire has a certificate itself.</summary>
    public ConcurrentQueue<string> Clients { get; } = new();

    /// <param name="certificate">Encrypted, and whoever comes must have a certificate, too.</param>
    public static async Task<Wire> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = PeerStub.CreateBuilder();
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k =>
            k.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    if (certificate is not null)
                        listen.UseHttps(
                            certificate,
                            https =>
                            {
                                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                                https.AllowAnyClientCertificate();
                            }
                        );
                }
            )
        );
        var wire = new Wire(builder.Build());
        wire.app.MapFallback("{**path}", wire.PassAsync);
        await wire.app.StartAsync();
        return wire;
    }

    /// <summary>The receiver never hears of it, and the sender gets a 502 or another status.</summary>
    public IDisposable Cut(Func<Exchange, bool> matches, int status = 502, int? retryAfter = null) =>
        Add(
            matches,
            (context, _) =>
            {
                context.Response.StatusCode = status;
                if (retryAfter is { } seconds)
                    context.Response.Headers.RetryAfter = $"{seconds}";
                return Task.CompletedTask;
            }
        );

    /// <summary>The receiver never hears of it, and the sender gets this JSON.</summary>
    public IDisposable Answer(Func<Exchange, bool> matches, string json) =>
        Add(
            matches,
            (context, _) =>
            {
                context.Response.ContentType = "application/json";
                return context.Response.WriteAsync(json);
            }
        );

    /// <summary>The receiver acts; the sender's connection breaks before the answer.</summary>
    public IDisposable LoseAnswers(Func<Exchange, bool> matches) =>
        Add(
            matches,
            async (context, pass) =>
            {
                var wire = context.Response.Body;
                context.Response.Body = Stream.Null;
                await pass();
                context.Response.Body = wire;
                context.Abort();
            }
        );

    /// <summary>The first such request waits on its way until it is let go.</summary>
    public Held Hold(Func<Exchange, bool> matches)
    {
        var held = new Held();
        Lifted? fault = null;
        fault = Add(
            matches,
            async (_, pass) =>
            {
                fault!.Dispose();
                held.Arrived.TrySetResult();
                await held.Release.Task;
                await pass();
            }
        );
        return held;
    }

    private Lifted Add(Func<Exchange, bool> matches, Func<HttpContext, Func<Task>, Task> act)
    {
        var id = Guid.CreateVersion7();
        faults[id] = new(matches, act);
        return new(() => faults.TryRemove(id, out _));
    }

    private async Task PassAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var exchange = new Exchange(
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            await reader.ReadToEndAsync(),
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString())
        );
        Seen.Enqueue(exchange);
        if (context.Connection.ClientCertificate is { } client)
            Clients.Enqueue(client.Subject);
        var fault = faults.Values.FirstOrDefault(f => f.Matches(exchange));
        if (fault is null)
            await ForwardAsync(context, exchange);
        else
            await fault.Act(context, () => ForwardAsync(context, exchange));
    }

    private async Task ForwardAsync(HttpContext context, Exchange exchange)
    {
        using var request = new HttpRequestMessage(new HttpMethod(exchange.Method), new Uri(Target!, exchange.Path));
        if (exchange.Body.Length > 0)
        {
            request.Content = new StringContent(exchange.Body);
            request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(
                exchange.Headers.GetValueOrDefault("Content-Type", "application/json")
            );
        }
        foreach (var (name, value) in exchange.Headers)
            if (name is "Authorization" or "Idempotency-Key" or "Stripe-Signature")
                request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var name in new[] { "Idempotent-Replayed", "Request-Id", "Retry-After" })
            if (response.Headers.TryGetValues(name, out var values))
                context.Response.Headers[name] = values.ToArray();
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await response.Content.CopyToAsync(context.Response.Body);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
    }
}
