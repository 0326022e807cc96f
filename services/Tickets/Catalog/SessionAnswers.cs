using Microsoft.Extensions.Primitives;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Catalog;

/// <summary>Public answers about sessions, which everybody asks for at once: made once a second.</summary>
internal static class SessionAnswers
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);
    private static readonly StringValues Header = $"public, max-age={Freshness.TotalSeconds:0}";

    /// <param name="make">Answers null when there is nothing of this key: 404, not kept.</param>
    public static async Task<IResult> GetAsync<T>(
        this AnswerCache cache,
        object key,
        IServiceScopeFactory scopes,
        Func<TicketsDb, Task<T?>> make
    )
        where T : class
    {
        var answer = await cache.GetAsync(
            key,
            Freshness,
            async () =>
            {
                await using var scope = scopes.CreateAsyncScope();
                return Answer.Of(
                    await make(scope.ServiceProvider.GetRequiredService<TicketsDb>())
                        ?? throw ProblemException.NotFound("session")
                );
            }
        );
        return answer.With(Header, whoeverAsks: true);
    }
}
