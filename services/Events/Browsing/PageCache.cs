using Microsoft.Extensions.Caching.Memory;

namespace Ticketing.Events.Browsing;

/// <summary>
/// Public pages by id and version. A version tells all that a page shows, so what is here is never out of date; when a
/// sale opens, everybody asks for the same few.
/// </summary>
internal sealed class PageCache : IDisposable
{
    /// <summary>Seats and ticket types, about 200 bytes each.</summary>
    private const int MaxItems = 500_000;

    private readonly MemoryCache pages = new(new MemoryCacheOptions { SizeLimit = MaxItems });

    public T? Find<T>(Guid id, long version)
        where T : class => pages.Get<T>((id, version));

    public T Keep<T>(Guid id, long version, int items, T page)
        where T : class => pages.Set((id, version), page, new MemoryCacheEntryOptions { Size = items });

    public void Dispose() => pages.Dispose();
}
