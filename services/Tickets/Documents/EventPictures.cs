using System.Collections.Concurrent;
using Ticketing.Contracts;
using Ticketing.Pdf;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.Catalog;

namespace Ticketing.Tickets.Documents;

/// <summary>Events' pictures for their documents. Without its picture a document is as good.</summary>
internal sealed class EventPictures(Peers peers, TimeProvider clock, ILogger<EventPictures> logger)
{
    /// <summary>At most 32 MiB.</summary>
    private const int MaxKept = 32;

    /// <summary>Somebody waits for the document.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);

    /// <summary>What was not to be had is not asked for again for so long.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    private sealed record Kept(Lazy<Task<Picture?>> Picture, DateTimeOffset Since);

    private readonly ConcurrentDictionary<string, Kept> kept = new();

    /// <param name="e">Whose picture; another one has another address.</param>
    /// <returns>Null when there is none that can be shown.</returns>
    public async Task<Picture?> FindAsync(Event e)
    {
        if (e.ImageUrl is not { } url)
            return null;
        var now = clock.GetUtcNow();
        if (kept.TryGetValue(url, out var known) && now - known.Since > await AgeAsync(known))
            kept.TryRemove(KeyValuePair.Create(url, known));
        while (kept.Count >= MaxKept && kept.MinBy(k => k.Value.Since) is { Key: not null } oldest)
            kept.TryRemove(oldest);
        var mine = kept.GetOrAdd(url, _ => new(new(() => FetchAsync(e.Id)), now));
        return await mine.Picture.Value;
    }

    private static async Task<TimeSpan> AgeAsync(Kept known) => await known.Picture.Value is null ? Rest : Fresh;

    private async Task<Picture?> FetchAsync(Guid eventId)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var content = await peers.DownloadAsync(AppIds.Events, $"internal/pictures/{eventId}", limit.Token);
            return content is null ? null : Picture.Read(content);
        }
        catch (Exception e) when (e is OperationCanceledException or PeerUnavailableException)
        {
            logger.LogInformation("An event's picture was not had: {Reason}", e.Reason());
            return null;
        }
    }
}
