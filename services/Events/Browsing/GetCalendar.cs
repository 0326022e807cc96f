using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Events.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Browsing;

internal static class GetCalendar
{
    /// <summary>Octets of a line, its end not counted (RFC 5545, 3.1).</summary>
    private const int MaxLine = 75;

    /// <summary>How long a session of unknown end is kept free in a calendar.</summary>
    private static readonly TimeSpan UsualLength = TimeSpan.FromHours(2);

    /// <summary>A session of a published event as a calendar's entry (iCalendar).</summary>
    /// <remarks>Says nothing of the person; a later download of the same session takes the place of an earlier one.</remarks>
    /// <param name="id">The session.</param>
    /// <response code="404">No such session that is published.</response>
    public static async Task<IResult> Handle(
        Guid id,
        EventsDb db,
        IOptions<PublicOptions> options,
        HttpContext http,
        CancellationToken ct
    )
    {
        var e =
            await db
                .Events.AsNoTracking()
                .Include(e => e.Venue)
                .Include(e => e.Sessions.Where(s => s.Id == id))
                .SingleOrDefaultAsync(e => e.Status != EventStatus.Draft && e.Sessions.Any(s => s.Id == id), ct)
            ?? throw ProblemException.NotFound("session");
        http.Response.Headers.CacheControl = Freshness.PublicHeader;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{e.Slug}.ics\"";
        return TypedResults.Text(Entry(e, e.Sessions[0], options.Value.BaseUrl), "text/calendar", Encoding.UTF8);
    }

    private static string Entry(Event e, Session session, string baseUrl)
    {
        var text = new StringBuilder();
        Line("BEGIN:VCALENDAR");
        Line("VERSION:2.0");
        Line("PRODID:-//Ticketing//Events//EN");
        Line("METHOD:PUBLISH");
        Line("BEGIN:VEVENT");
        Line($"UID:{session.Id}@{new Uri(baseUrl).Host}");
        Line($"SEQUENCE:{session.Version}");
        Line($"DTSTAMP:{Moment(e.PublishedAt ?? session.StartsAt)}");
        Line($"DTSTART:{Moment(session.StartsAt)}");
        Line($"DTEND:{Moment(session.EndsAt ?? session.StartsAt + UsualLength)}");
        Line($"SUMMARY:{Escape(e.Title)}");
        var place = new[] { e.Venue.Name, e.Venue.Address, e.Venue.City, e.Venue.State };
        Line($"LOCATION:{Escape(string.Join(", ", place.Where(part => part.Length > 0)))}");
        Line($"STATUS:{(session.Cancelled || e.Status == EventStatus.Cancelled ? "CANCELLED" : "CONFIRMED")}");
        Line("END:VEVENT");
        Line("END:VCALENDAR");
        return text.ToString();

        // Folded between characters: what goes on begins with a blank.
        void Line(string line)
        {
            var octets = 0;
            foreach (var rune in line.EnumerateRunes())
            {
                if (octets + rune.Utf8SequenceLength > MaxLine)
                {
                    text.Append("\r\n ");
                    octets = 1;
                }
                text.Append(rune.ToString());
                octets += rune.Utf8SequenceLength;
            }
            text.Append("\r\n");
        }
    }

    /// <summary>In UTC: each calendar shows it on its own clocks.</summary>
    private static string Moment(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace(";", "\\;", StringComparison.Ordinal)
            .Replace(",", "\\,", StringComparison.Ordinal);
}
