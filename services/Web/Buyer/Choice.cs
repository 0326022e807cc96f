using System.Globalization;

namespace Ticketing.Web.Buyer;

/// <summary>What somebody chose of a session: so many of a type, or these seats, each with its type.</summary>
internal sealed record Choice(
    Guid SessionId,
    IReadOnlyDictionary<Guid, int> Quantities,
    IReadOnlyDictionary<Guid, Guid> Seats
)
{
    private const string Cookie = "ticketing-choice";
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(20);

    /// <summary>Of one line, as the API takes it.</summary>
    public const int MaxSeats = 20;

    /// <summary>More than anything sells; the API says no to less.</summary>
    private const int MaxCount = 10_000;

    public static readonly Choice None = new(Guid.Empty, new Dictionary<Guid, int>(), new Dictionary<Guid, Guid>());

    public int Count => Quantities.Values.Sum() + Seats.Count;

    /// <summary>Of the form: <c>n-{type}</c> is a count, <c>seat</c> a seat, <c>type-{seat}</c> its ticket type.</summary>
    public static Choice Of(Guid sessionId, IFormCollection form)
    {
        var seats = new Dictionary<Guid, Guid>();
        foreach (var text in form["seat"].Take(MaxSeats))
            if (Guid.TryParse(text, out var seat) && Guid.TryParse(form[$"type-{seat}"], out var chosen))
                seats[seat] = chosen;
        return new(sessionId, CountsOf(form, "n-"), seats);
    }

    /// <summary>Of the form's fields <c>{prefix}{id}</c>, those that count something.</summary>
    public static Dictionary<Guid, int> CountsOf(IFormCollection form, string prefix)
    {
        var counts = new Dictionary<Guid, int>();
        foreach (var (name, value) in form)
            if (
                name.StartsWith(prefix, StringComparison.Ordinal)
                && Guid.TryParse(name.AsSpan(prefix.Length), out var id)
                && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count > 0
            )
                counts[id] = Math.Min(count, MaxCount);
        return counts;
    }

    /// <summary>The lines of the API's hold.</summary>
    public object ToHold() =>
        new
        {
            sessionId = SessionId,
            items = Quantities
                .Select(q => (object)new { ticketTypeId = q.Key, quantity = q.Value })
                .Concat(
                    Seats
                        .GroupBy(s => s.Value)
                        .Select(g => (object)new { ticketTypeId = g.Key, seatIds = g.Select(s => s.Key).ToArray() })
                )
                .ToArray(),
        };

    /// <summary>Kept in the browser while somebody signs in.</summary>
    public void Keep(HttpContext http) =>
        http.Response.Cookies.Append(
            Cookie,
            $"{SessionId:N}.{string.Join('_', Quantities.Select(q => $"{q.Key:N}-{q.Value}"))}.{string.Join('_', Seats.Select(s => $"{s.Key:N}-{s.Value:N}"))}",
            new CookieOptions
            {
                Path = "/eventos",
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = http.Request.IsHttps,
                MaxAge = Kept,
                IsEssential = true,
            }
        );

    public static Choice ReadKept(HttpContext http, Guid sessionId)
    {
        if (
            http.Request.Cookies[Cookie]?.Split('.') is not [var session, var counts, var seats]
            || !Guid.TryParse(session, out var id)
            || id != sessionId
        )
            return None;
        return new(
            id,
            Pairs(counts)
                .Where(p => ushort.TryParse(p.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .ToDictionary(p => p.Key, p => int.Parse(p.Value, CultureInfo.InvariantCulture)),
            Pairs(seats)
                .Where(p => Guid.TryParse(p.Value, out _))
                .ToDictionary(p => p.Key, p => Guid.Parse(p.Value, CultureInfo.InvariantCulture))
        );
    }

    public static void Forget(HttpContext http) =>
        http.Response.Cookies.Delete(Cookie, new CookieOptions { Path = "/eventos" });

    private static IEnumerable<(Guid Key, string Value)> Pairs(string text) =>
        text.Split('_', StringSplitOptions.RemoveEmptyEntries)
            .Take(MaxSeats)
            .Select(p => p.Split('-'))
            .Where(p => p.Length == 2 && Guid.TryParse(p[0], out _))
            .Select(p => (Guid.Parse(p[0], CultureInfo.InvariantCulture), p[1]))
            .DistinctBy(p => p.Item1);
}
