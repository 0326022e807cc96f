namespace Ticketing.Events.Browsing;

internal static class Caching
{
    /// <summary>How long a stranger may be shown an older state.</summary>
    private const int PublicMaxAgeSeconds = 15;

    /// <summary>
    /// Sets the headers, and says whether the client has this representation already. Who is logged in may be about to
    /// edit and is never shown an older state.
    /// </summary>
    public static bool IsFresh(this HttpContext http, string etag, bool isPublic)
    {
        http.Response.Headers.ETag = etag;
        http.Response.Headers.Vary = "Authorization";
        http.Response.Headers.CacheControl =
            isPublic && http.User.Identity is not { IsAuthenticated: true }
                ? $"public, max-age={PublicMaxAgeSeconds}"
                : "private, no-cache";
        return ETag.IsKnown(http.Request, etag);
    }
}
