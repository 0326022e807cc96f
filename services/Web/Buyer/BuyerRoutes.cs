using System.Text;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Web.Api;
using Ticketing.Web.Language;

namespace Ticketing.Web.Buyer;

/// <summary>What is no page: the calendar's file, the seat map's data, the wait for a payment, the export.</summary>
internal static class BuyerRoutes
{
    private const int WaitSeconds = 25;

    public static void MapBuyer(this WebApplication app)
    {
        app.MapGet("/eventos/{slug}/agenda.ics", CalendarAsync).AllowAnonymous();
        app.MapGet("/eventos/{slug}/sessoes/{id:guid}/lugares.json", SeatsAsync).AllowAnonymous();
        app.MapGet("/pedidos/{id:guid}/mudou", ChangedAsync);
        app.MapGet("/conta/dados", ExportAsync);
    }

    private static async Task<IResult> CalendarAsync(
        string slug,
        Guid? sessao,
        TicketingApi api,
        IOptions<PublicOptions> site,
        TimeProvider clock
    )
    {
        var show = await api.FindAsync<EventView>(AppIds.Events, $"/api/v1/events/{Uri.EscapeDataString(slug)}");
        if (show?.Sessions.FirstOrDefault(s => s.Id == sessao) is not { } session)
            return Results.NotFound();
        return Results.Text(
            CalendarFile.Of(show, session, site.Value.BaseUrl, clock.GetUtcNow()),
            "text/calendar; charset=utf-8",
            Encoding.UTF8
        );
    }

    /// <summary>The seats with their prices, short: rows of "number, id, free or not".</summary>
    private static async Task<IResult> SeatsAsync(string slug, Guid id, TicketingApi api, HttpContext http)
    {
        var seats = api.GetAsync<SeatMap>(AppIds.Tickets, $"/api/v1/sessions/{id}/seats");
        var types = await api.GetAsync<Availability>(AppIds.Tickets, $"/api/v1/sessions/{id}/availability");
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Json(
            new
            {
                types = types
                    .TicketTypes.Where(t => t.Seated)
                    .Select(t => new
                    {
                        id = t.Id,
                        name = t.Name,
                        price = t.Price.Amount,
                        shown = PageFormats.Of(t.Price),
                        open = t.Status == "available",
                    }),
                sections = (await seats).Sections.Select(s => new
                {
                    name = s.Name,
                    types = s.TicketTypeIds,
                    rows = s.Rows.Select(r => new
                    {
                        name = r.Row,
                        seats = r.Seats.Select(x => new
                        {
                            id = x.Id,
                            n = x.Number,
                            free = x.Status == "free",
                        }),
                    }),
                }),
            }
        );
    }

    /// <summary>Answers when the order is another than the page shows, at the latest after the API's longest wait.</summary>
    private static async Task<IResult> ChangedAsync(Guid id, string? mark, TicketingApi api)
    {
        var order = await api.FindAsync<Order>(AppIds.Orders, $"/api/v1/orders/{id}");
        if (order is not null && OrderMark.Of(order) == mark)
            order = await api.FindAsync<Order>(AppIds.Orders, $"/api/v1/orders/{id}?wait={WaitSeconds}");
        return order is null ? Results.NotFound() : Results.Json(new { changed = OrderMark.Of(order) != mark });
    }

    private static async Task<IResult> ExportAsync(TicketingApi api)
    {
        var (content, type) = await api.DownloadAsync(AppIds.Users, "/api/v1/me/export");
        return Results.Bytes(content, type, type == "application/zip" ? "ticketing.zip" : "ticketing.json");
    }
}

/// <summary>What of an order a page shows: another mark is another page.</summary>
internal static class OrderMark
{
    public static string Of(Order order) =>
        $"{order.Status}-{order.Payment?.Attempt}-{order.Payment?.Status}-{order.Payment?.Pix is not null}-{order.Tickets.Count}-{order.Refund?.Completed}";
}

/// <summary>RFC 5545, one event.</summary>
internal static class CalendarFile
{
    private const int LineBytes = 73;
    private static readonly TimeSpan Usual = TimeSpan.FromHours(3);

    public static string Of(EventView show, SessionView session, string baseUrl, DateTimeOffset now)
    {
        var text = new StringBuilder();
        string[] lines =
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Ticketing//Web//PT",
            "BEGIN:VEVENT",
            $"UID:{session.Id}@ticketing",
            $"DTSTAMP:{Time(now)}",
            $"DTSTART:{Time(session.StartsAt)}",
            $"DTEND:{Time(session.EndsAt ?? session.StartsAt + Usual)}",
            $"SUMMARY:{Escape(show.Title)}",
            $"LOCATION:{Escape($"{show.Venue.Name}, {show.Venue.Address}, {show.Venue.City}, {show.Venue.State}")}",
            $"URL:{baseUrl}/eventos/{show.Slug}",
            session.Cancelled || show.IsCancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED",
            "END:VEVENT",
            "END:VCALENDAR",
        ];
        foreach (var line in lines)
            Fold(text, line);
        return text.ToString();
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace(";", "\\;", StringComparison.Ordinal)
            .Replace(",", "\\,", StringComparison.Ordinal)
            .ReplaceLineEndings("\\n");

    /// <summary>Lines are at most 75 bytes long; a longer one goes on after a space, never within a character.</summary>
    private static void Fold(StringBuilder text, string line)
    {
        var bytes = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > LineBytes)
            {
                text.Append("\r\n ");
                bytes = 1;
            }
            text.Append(rune.ToString());
            bytes += rune.Utf8SequenceLength;
        }
        text.Append("\r\n");
    }
}
