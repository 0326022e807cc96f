using Microsoft.Extensions.Primitives;

namespace Ticketing.Events.Browsing;

/// <summary>
/// How old an answer may be. Who is logged in may be about to edit and is never shown an older state.
/// </summary>
internal static class Freshness
{
    /// <summary>For strangers: here, and again in their caches.</summary>
    public static readonly TimeSpan Public = TimeSpan.FromSeconds(5);

    /// <summary>A map that is sold never changes.</summary>
    public static readonly TimeSpan SeatMap = TimeSpan.FromHours(1);

    public static readonly StringValues PublicHeader = HeaderOf(Public);
    public static readonly StringValues SeatMapHeader = HeaderOf(SeatMap);
    public static readonly StringValues PrivateHeader = "private, no-cache";

    private static StringValues HeaderOf(TimeSpan age) =>
        $"public, max-age={age.TotalSeconds:0}, s-maxage={age.TotalSeconds:0}";

    public static bool IsAnonymous(this HttpContext http) => http.User.Identity is not { IsAuthenticated: true };
}
