using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Net.Http.Headers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Catalog;

/// <summary>
/// Public answers that everybody asks for at once: made once a second and session, kept as bytes with their ETag.
/// </summary>
internal sealed class AnswerCache : IDisposable
{
    private const int FreshSeconds = 1;
    private const int MaxAnswers = 2_000;

    private readonly MemoryCache answers = new(new MemoryCacheOptions { SizeLimit = MaxAnswers });

    private sealed record Answer(byte[] Body, string ETag);

    /// <param name="make">Answers null when there is nothing of this key: 404, not kept.</param>
    public async Task<IResult> GetAsync<T>(HttpContext context, object key, Func<Task<T?>> make)
        where T : class
    {
        var answer = await FreshAsync(key, make);
        var headers = context.Response.GetTypedHeaders();
        headers.CacheControl = new() { Public = true, MaxAge = TimeSpan.FromSeconds(FreshSeconds) };
        return TypedResults.Bytes(
            answer.Body,
            "application/json; charset=utf-8",
            entityTag: new EntityTagHeaderValue(answer.ETag)
        );
    }

    private async Task<Answer> FreshAsync<T>(object key, Func<Task<T?>> make)
        where T : class
    {
        if (!answers.TryGetValue(key, out Task<Answer>? pending))
        {
            // Two may make it at once in the moment it ends: harmless.
            pending = MakeAsync(make);
            _ = answers.Set(
                key,
                pending,
                new MemoryCacheEntryOptions
                {
                    Size = 1,
                    AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(FreshSeconds),
                }
            );
        }
        try
        {
            return await pending!;
        }
        catch
        {
            answers.Remove(key);
            throw;
        }
    }

    private static async Task<Answer> MakeAsync<T>(Func<Task<T?>> make)
        where T : class
    {
        var value = await make() ?? throw ProblemException.NotFound("session");
        var body = JsonSerializer.SerializeToUtf8Bytes(value, ServiceDefaultsExtensions.Json);
        return new(body, $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 8))}\"");
    }

    public void Dispose() => answers.Dispose();
}
