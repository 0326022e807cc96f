using System.Security.Cryptography;
using System.Text;
using Dapr;
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
/// second effect's answer; that there is no second effect is the work of natural keys in the database. Answers lie in the
/// store under a key made of the client's, which is nowhere kept: who has that one reads them, nobody else, and an erasure
/// leaves nothing to read.
/// </summary>
public static class Idempotency
{
    public const string Header = "Idempotency-Key";
    private const int MaxKeyLength = 200;
    private const int ReplaySeconds = 24 * 3600;

    /// <summary>After this a request without an answer is dead, and the next with its key takes its place.</summary>
    private static readonly TimeSpan InFlight = TimeSpan.FromSeconds(60);
    private static readonly string[] ReplayedHeaders = ["Location", "ETag"];

    private sealed record Entry(
        string BodyHash,
        int Status,
        string? ContentType,
        byte[]? Body,
        Dictionary<string, string>? Headers,
        DateTimeOffset ClaimedUntil = default
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
        var scope = ScopeOf(context, key);
        var (store, hash) = (StoreKey(scope), await HashBodyAsync(context.Request, ct));
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        if (await ClaimAsync(dapr, store, hash, now, ct) is { Claimed: false, Entry: var found })
        {
            await ReplayAsync(context, found, hash, scope, ct);
            return;
        }
        var kept = false;
        try
        {
            var entry = await CaptureAsync(context, inner, hash);
            // Past this point the effect stands: what the client does no longer matters.
            if (entry.Status is >= 200 and < 300)
            {
                await SaveAsync(dapr, store, entry with { Body = Sealed.Seal(SealOf(scope), entry.Body!) });
                kept = true;
            }
            await context.Response.Body.WriteAsync(entry.Body, CancellationToken.None);
        }
        finally
        {
            if (!kept)
                await dapr.DeleteStateAsync(Components.StateStore, store, cancellationToken: CancellationToken.None);
        }
    }

    /// <summary>
    /// Reads first: on DynamoDB a lost first write is not a mismatch but an error of the store, which the sidecar retries
    /// and its circuit breaker counts; so it must be the rare race, not every repetition. And an expired entry stays in the
    /// way there for days: a claim ends by its own time, and is taken over by its ETag; an answer that has expired cannot be
    /// read, and is written over.
    /// </summary>
    private static async Task<(bool Claimed, Entry Entry)> ClaimAsync(
        DaprClient dapr,
        string store,
        string hash,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var (found, etag) = await ReadAsync(dapr, store, ct);
        if (found is not null && (found.Status != 0 || found.ClaimedUntil > now))
            return (false, found);
        var claim = new Entry(hash, 0, null, null, null, now + InFlight);
        if (await TrySaveAsync(dapr, store, claim, found is null ? "" : etag, ct))
            return (true, claim);
        if ((await ReadAsync(dapr, store, ct)).Entry is { } other)
            return (false, other);
        await SaveAsync(dapr, store, claim);
        return (true, claim);
    }

    private static async Task<(Entry? Entry, string ETag)> ReadAsync(
        DaprClient dapr,
        string store,
        CancellationToken ct
    ) =>
        await dapr.GetStateAndETagAsync<Entry?>(
            Components.StateStore,
            store,
            ConsistencyMode.Strong,
            cancellationToken: ct
        );

    private static async Task<bool> TrySaveAsync(
        DaprClient dapr,
        string store,
        Entry claim,
        string etag,
        CancellationToken ct
    )
    {
        try
        {
            return await dapr.TrySaveStateAsync(
                Components.StateStore,
                store,
                claim,
                etag,
                new StateOptions { Concurrency = ConcurrencyMode.FirstWrite },
                Ttl(),
                ct
            );
        }
        catch (DaprException) when (etag.Length == 0)
        {
            return false;
        }
    }

    private static async Task ReplayAsync(
        HttpContext context,
        Entry entry,
        string hash,
        string scope,
        CancellationToken ct
    )
    {
        if (entry.Status == 0 && entry.BodyHash == hash)
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
        await context.Response.Body.WriteAsync(Sealed.Open(SealOf(scope), entry.Body!), ct);
    }

    /// <summary>Another purpose than the store's key, which is made of the same and lies beside the answer.</summary>
    private static byte[] SealOf(string scope) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(scope),
            32,
            info: "idempotency-answer"u8.ToArray()
        );

    private static async Task<Entry> CaptureAsync(HttpContext context, RequestDelegate inner, string hash)
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
        return new(hash, context.Response.StatusCode, context.Response.ContentType, buffer.ToArray(), headers);
    }

    private static Task SaveAsync(DaprClient dapr, string store, Entry entry) =>
        dapr.SaveStateAsync(
            Components.StateStore,
            store,
            entry,
            metadata: Ttl(),
            cancellationToken: CancellationToken.None
        );

    private static Dictionary<string, string> Ttl() =>
        new() { ["ttlInSeconds"] = ReplaySeconds.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    private static string ScopeOf(HttpContext context, string key)
    {
        var person = context.User.FindFirst("sub")?.Value ?? context.User.FindFirst("client_id")?.Value ?? "anonymous";
        return $"{person} {context.Request.Method} {context.Request.Path} {key}";
    }

    private static string StoreKey(string scope) =>
        "idempotency-" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(scope)));

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
