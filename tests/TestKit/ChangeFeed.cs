using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Ticketing.Contracts;

namespace Ticketing.TestKit;

/// <summary>What Events answers to those who copy its facts; a cursor is how many were read. Empty: nothing changed.</summary>
public sealed class ChangeFeed
{
    private const int PageSize = 2;

    public ConcurrentQueue<EventChange> Events { get; } = new();
    public ConcurrentQueue<TeamMemberChanged> Members { get; } = new();

    /// <returns>Null when something else was asked.</returns>
    public IResult? Answer(PeerRequest request) =>
        request.Is("GET /internal/changes/events") ? Page(Events, request)
        : request.Is("GET /internal/changes/team-members") ? Page(Members, request)
        : null;

    private static IResult Page<T>(ConcurrentQueue<T> all, PeerRequest request)
    {
        var (items, next) = After(all, request);
        return PeerStub.Json(new ChangePage<T>(items, $"{next}", all.Count > next));
    }

    /// <summary>One page, and its cursor.</summary>
    public static (List<T> Items, int Next) After<T>(ConcurrentQueue<T> all, PeerRequest request)
    {
        var cursor = request
            .Query.TrimStart('?')
            .Split('&')
            .Single(p => p.StartsWith("after=", StringComparison.Ordinal));
        var after = cursor["after=".Length..] is { Length: > 0 } read ? int.Parse(read, null) : 0;
        var items = all.Skip(after).Take(PageSize).ToList();
        return (items, after + items.Count);
    }
}
