using System.Globalization;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Web.Buyer;

/// <summary>
/// What this browser has on hold, so that every page can count down: a reminder for the reader, never a right.
/// </summary>
internal sealed class HoldCookie(IHttpContextAccessor current, IOptions<PublicOptions> site, TimeProvider clock)
{
    private const string Name = "ticketing-hold";

    public sealed record Held(Guid Id, DateTimeOffset Until, bool Ordered)
    {
        public string Path => Ordered ? $"/pedidos/{Id}" : $"/reservas/{Id}";
    }

    private HttpContext Http => current.HttpContext!;

    public Held? Read() =>
        Http.Request.Cookies[Name]?.Split('.') is [var id, var until, var ordered]
        && Guid.TryParse(id, out var hold)
        && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds > clock.GetUtcNow().ToUnixTimeSeconds()
        && seconds < clock.GetUtcNow().AddDays(1).ToUnixTimeSeconds()
            ? new(hold, DateTimeOffset.FromUnixTimeSeconds(seconds), ordered == "1")
            : null;

    public void Write(Guid id, DateTimeOffset until, bool ordered) =>
        Http.Response.Cookies.Append(
            Name,
            string.Create(CultureInfo.InvariantCulture, $"{id}.{until.ToUnixTimeSeconds()}.{(ordered ? 1 : 0)}"),
            Options(until)
        );

    /// <summary>If it is this one that is over.</summary>
    public void Forget(Guid id)
    {
        if (Read()?.Id == id && !Http.Response.HasStarted)
            Http.Response.Cookies.Delete(Name, Options(null));
    }

    private CookieOptions Options(DateTimeOffset? until) =>
        new()
        {
            Path = "/",
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = site.Value.BaseUrl.StartsWith("https:", StringComparison.Ordinal),
            Expires = until,
            IsEssential = true,
        };
}
