using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

internal static class ListMyTickets
{
    /// <summary>Tickets of mine.</summary>
    /// <remarks>Newest first; the upcoming ones by date.</remarks>
    /// <param name="upcoming">True: only tickets that are not voided, of sessions that are not over.</param>
    public static async Task<Ok<Page<TicketView>>> Handle(
        [AsParameters] PageQuery page,
        bool? upcoming,
        ClaimsPrincipal user,
        HttpContext context,
        TicketsDb db,
        TicketSigner signer,
        TicketLinks links,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var owner = user.UserId();
        var mine = db.Tickets.AsNoTracking().Include(t => t.Session.Event).Where(t => t.OwnerId == owner);
        mine = upcoming == true ? Upcoming(mine, page, time.GetUtcNow()) : Newest(mine, page);
        var rows = await mine.Take(page.Take() + 1).ToListAsync(ct);
        var found = Page.Of(
            rows,
            page.Take(),
            t => upcoming == true ? $"{t.Session.StartsAt.UtcTicks} {t.Id}" : t.Id.ToString()
        );
        var views = new List<TicketView>(found.Items.Count);
        foreach (var ticket in found.Items)
            views.Add(await TicketView.OfAsync(ticket, signer, links, ct));
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(new Page<TicketView>(views, found.Next));
    }

    private static IQueryable<Ticket> Newest(IQueryable<Ticket> mine, PageQuery page)
    {
        if (page.AfterId() is { } after)
        {
            mine = mine.Where(t => t.Id < after);
        }
        return mine.OrderByDescending(t => t.Id);
    }

    private static IQueryable<Ticket> Upcoming(IQueryable<Ticket> mine, PageQuery page, DateTimeOffset now)
    {
        mine = mine.Where(t => t.Status != TicketStatus.Voided && (t.Session.EndsAt ?? t.Session.StartsAt) > now);
        if (page.After() is { } cursor)
        {
            var (startsAt, id) = Position(cursor);
            mine = mine.Where(t => t.Session.StartsAt > startsAt || (t.Session.StartsAt == startsAt && t.Id > id));
        }
        return mine.OrderBy(t => t.Session.StartsAt).ThenBy(t => t.Id);
    }

    private static (DateTimeOffset StartsAt, Guid Id) Position(string cursor) =>
        cursor.Split(' ') is [var ticks, var id]
        && long.TryParse(ticks, CultureInfo.InvariantCulture, out var utc)
        && utc is >= 0 and <= 3155378975999999999 // DateTime.MaxValue
        && Guid.TryParse(id, out var ticket)
            ? (new DateTimeOffset(utc, TimeSpan.Zero), ticket)
            : throw new ProblemException(400, "invalid", "The cursor is not one that this list gave.")
            {
                Errors = new Dictionary<string, string[]> { ["cursor"] = ["Not a cursor of this list."] },
            };
}
