using System.Security.Cryptography;
using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// <c>Idempotency-Key</c> on a write (draft-ietf-httpapi-idempotency-key-header): the same key with the same body
/// replays the first answer for 24 hours, with another body is a 422, while the first is in flight a 409. Only successes
/// are kept: after a refusal the same key may try again. The key is scoped to person and path. This spares the client a
/// second effect's answer; that there is no second effect is the work of natural keys in the database.
/// </summary>
public static class Idempotency
{
    public const string Header = "Idempotency-Key";
    private const int MaxKeyLength = 200;
    private const int ReplaySeconds = 24 * 3600;
    private const int InFlightSeconds = 60;
    private static readonly string[] ReplayedHeaders = ["Location", "ETag"];

    private sealed record Entry(
        string BodyHash,
        int Status,
        string? ContentType,
        byte[]? Body,
        Dictionary<string, string>? Headers
    );

    /// <summary>Honours the key when the client sends one.</summary>
    public static RouteHandlerBuilder WithIdempotency(this RouteHandlerBuilder endpoint)
    {
        endpoint.Finally(builder =>
        {
            var inner = builder.RequestDelegate!;
            builder.RequestDelegate = context => HandleAsync(context, inner);
        });
        return endpoint.WithMetadata(new IdempotentEndpoint());
    }

    private static async Task HandleAsync(HttpContext context, RequestDelegate inner)
    {
        var key = context.Request.Headers[Header].ToString();
        if (key.Length == 0)
        {
            await inner(context);
            return;
        }
        if (key.Length > MaxKeyLength)
            throw ProblemException.Invalid(Header, $"At most {MaxKeyLength} characters.");
        var dapr = context.RequestServices.GetRequiredService<DaprClient>();
        var ct = context.RequestAborted;
        var (store, hash) = (StoreKey(context, key), await HashBodyAsync(context.Request, ct));
        if (!await TryClaimAsync(dapr, store, hash, ct))
        {
            await ReplayAsync(context, dapr, store, hash, ct);
            return;
        }
        var kept = false;
        try
        {
            var entry = await CaptureAsync(context, inner, hash);
            // Past this point the effect stands: what the client does no longer matters.
            if (entry.Status is >= 200 and < 300)
            {
                await SaveAsync(dapr, store, entry, ReplaySeconds);
                kept = true;
            }
            await context.Response.Body.WriteAsync(entry.Body, CancellationToken.None);
        }
        finally
        {
            if (!kept)
                await dapr.DeleteStateAsync(
                    Components.StateStore,
                    store,
                    cancellationToken: CancellationToken.None
                );
        }
    }

    private static Task<bool> TryClaimAsync(
        DaprClient dapr,
        string store,
        string hash,
        CancellationToken ct
    ) =>
        dapr.TrySaveStateAsync(
            Components.StateStore,
            store,
            new Entry(hash, 0, null, null, null),
            etag: "",
            new StateOptions { Concurrency = ConcurrencyMode.FirstWrite },
            Ttl(InFlightSeconds),
            ct
        );

    private static async Task ReplayAsync(
        HttpContext context,
        DaprClient dapr,
        string store,
        string hash,
        CancellationToken ct
    )
    {
        var entry = await dapr.GetStateAsync<Entry?>(
            Components.StateStore,
            store,
            ConsistencyMode.Strong,
            cancellationToken: ct
        );
        if (entry is null || (entry.Status == 0 && entry.BodyHash == hash))
            throw new ProblemException(
                409,
                "request-in-flight",
                "The first request with this Idempotency-Key has not been answered yet.",
                TimeSpan.FromSeconds(1)
            );
        if (entry.BodyHash != hash)
            throw ProblemException.Invalid(Header, "This key was used with another request.");
        context.Response.StatusCode = entry.Status;
        context.Response.ContentType = entry.ContentType;
        foreach (var (name, value) in entry.Headers ?? [])
            context.Response.Headers[name] = value;
        context.Response.Headers["Idempotent-Replayed"] = "true";
        await context.Response.Body.WriteAsync(entry.Body ?? [], ct);
    }

    private static async Task<Entry> CaptureAsync(
        HttpContext context,
        RequestDelegate inner,
        string hash
    )
    {
        var wire = context.Response.Body;
        using var buffer = new MemoryStream();
        context.Response.Body = buffer;
        try
        {
            await inner(context);
        }
        finally
        {
            context.Response.Body = wire;
        }
        var headers = ReplayedHeaders
            .Where(name => context.Response.Headers.ContainsKey(name))
            .ToDictionary(name => name, name => context.Response.Headers[name].ToString());
        return new(
            hash,
            context.Response.StatusCode,
            context.Response.ContentType,
            buffer.ToArray(),
            headers
        );
    }

    private static Task SaveAsync(DaprClient dapr, string store, Entry entry, int seconds) =>
        dapr.SaveStateAsync(
            Components.StateStore,
            store,
            entry,
            metadata: Ttl(seconds),
            cancellationToken: CancellationToken.None
        );

    private static Dictionary<string, string> Ttl(int seconds) =>
        new()
        {
            ["ttlInSeconds"] = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };

    private static string StoreKey(HttpContext context, string key)
    {
        var person =
            context.User.FindFirst("sub")?.Value
            ?? context.User.FindFirst("client_id")?.Value
            ?? "anonymous";
        var scope = $"{person} {context.Request.Method} {context.Request.Path} {key}";
        return "idempotency-"
            + Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(scope)));
    }

    private static async Task<string> HashBodyAsync(HttpRequest request, CancellationToken ct)
    {
        request.EnableBuffering();
        var hash = await SHA256.HashDataAsync(request.Body, ct);
        request.Body.Position = 0;
        return Convert.ToHexString(hash);
    }
}

/// <summary>Marks endpoints that take an Idempotency-Key, for the API document.</summary>
public sealed class IdempotentEndpoint;
