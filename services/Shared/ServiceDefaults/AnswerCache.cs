using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Ticketing.ServiceDefaults;

/// <summary>An answer as it is sent: made and hashed once.</summary>
public sealed class Answer
{
    /// <summary>As the framework writes all other answers.</summary>
    private static readonly JsonSerializerOptions Json = new(ServiceDefaultsExtensions.Json)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private Answer(byte[] body, string etag, string contentType) =>
        (Body, ETag, Length, ContentType) = (body, etag, body.Length, contentType);

    internal byte[] Body { get; }
    internal StringValues ETag { get; }
    internal long? Length { get; }
    internal StringValues ContentType { get; }

    /// <param name="etag">Null: a weak one, of what is said.</param>
    public static Answer Of<T>(T value, string? etag = null)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, Json);
        return new(
            body,
            etag ?? $"W/\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"",
            "application/json; charset=utf-8"
        );
    }

    public static Answer Of(byte[] body, string etag, string contentType) => new(body, etag, contentType);

    /// <summary>304 to who has it already.</summary>
    /// <param name="whoeverAsks">It is the same with any token, and with none.</param>
    public IResult With(StringValues cacheControl, bool whoeverAsks = false) =>
        new Result(this, cacheControl, whoeverAsks);

    private sealed class Result(Answer answer, StringValues cacheControl, bool whoeverAsks) : IResult
    {
        private static readonly StringValues ByToken = "Authorization";

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var (request, response) = (httpContext.Request, httpContext.Response);
            response.Headers.ETag = answer.ETag;
            if (!whoeverAsks)
                response.Headers.Vary = ByToken;
            response.Headers.CacheControl = cacheControl;
            if (request.Headers.IfNoneMatch.Count > 0 && ServiceDefaults.ETag.IsKnown(request, answer.ETag!))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
            response.Headers.ContentType = answer.ContentType;
            response.ContentLength = answer.Length;
            await response.BodyWriter.WriteAsync(answer.Body, httpContext.RequestAborted);
        }
    }
}

/// <summary>
/// Public answers that everybody asks for at once, each made once and kept for a moment. An edit through the same process
/// ends them all; through another one, the moment does.
/// </summary>
public sealed class AnswerCache : IDisposable
{
    private const long MaxBytes = 64 * 1024 * 1024;

    private readonly MemoryCache answers = new(new MemoryCacheOptions { SizeLimit = MaxBytes });
    private readonly ConcurrentDictionary<object, Task<Answer>> making = new();
    private long edits;

    /// <summary>Nothing that was made before is answered any more.</summary>
    public void Edited() => Interlocked.Increment(ref edits);

    /// <summary>What <paramref name="make"/> throws (404) is not kept. It must not depend on its caller's scope or patience.</summary>
    public ValueTask<Answer> GetAsync(object key, TimeSpan freshFor, Func<Task<Answer>> make) =>
        GetOrMakeAsync((Volatile.Read(ref edits), key), freshFor, make);

    /// <summary>For what never changes under its key.</summary>
    public ValueTask<Answer> GetLastingAsync(object key, TimeSpan keptFor, Func<Task<Answer>> make) =>
        GetOrMakeAsync(key, keptFor, make);

    /// <summary>One that lasts, if it is here.</summary>
    public Answer? FindLasting(object key) => answers.Get<Answer>(key);

    private ValueTask<Answer> GetOrMakeAsync(object key, TimeSpan keptFor, Func<Task<Answer>> make) =>
        answers.TryGetValue(key, out Answer? answer)
            ? new(answer!)
            : new(making.GetOrAdd(key, k => MakeAsync(k, keptFor, make)));

    private async Task<Answer> MakeAsync(object key, TimeSpan keptFor, Func<Task<Answer>> make)
    {
        // Off the caller: the entry must be in the dictionary before it is taken out.
        await Task.Yield();
        try
        {
            var answer = await make();
            answers.Set(
                key,
                answer,
                new MemoryCacheEntryOptions { Size = answer.Body.Length, AbsoluteExpirationRelativeToNow = keptFor }
            );
            return answer;
        }
        finally
        {
            making.TryRemove(key, out _);
        }
    }

    public void Dispose() => answers.Dispose();
}

public static class AnswerCacheExtensions
{
    /// <summary>A cache that each commit of this database's context ends.</summary>
    public static IServiceCollection AddAnswerCache<TDb>(this IServiceCollection services)
        where TDb : DbContext
    {
        services.AddSingleton<AnswerCache>();
        return services.ConfigureDbContext<TDb>(
            (sp, options) => options.AddInterceptors(new Commits(sp.GetRequiredService<AnswerCache>()))
        );
    }

    private sealed class Commits(AnswerCache cache) : SaveChangesInterceptor, IDbTransactionInterceptor
    {
        public override ValueTask<int> SavedChangesAsync(
            SaveChangesCompletedEventData eventData,
            int result,
            CancellationToken cancellationToken = default
        )
        {
            if (eventData.Context?.Database.CurrentTransaction is null)
                cache.Edited();
            return new(result);
        }

        public Task TransactionCommittedAsync(
            DbTransaction transaction,
            TransactionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            cache.Edited();
            return Task.CompletedTask;
        }
    }
}
