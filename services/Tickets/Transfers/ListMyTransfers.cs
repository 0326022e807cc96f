using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Transfers;

internal static class ListMyTransfers
{
    private const string Sent = "sent";

    /// <summary>Offers of tickets to me, or by me.</summary>
    /// <remarks>
    /// Newest first. Of those to me, the open ones to my proven address; of mine, the ended ones too.
    /// </remarks>
    /// <param name="side">To me (<c>received</c>, when not given), or by me (<c>sent</c>).</param>
    public static async Task<Ok<Page<TransferView>>> Handle(
        [AsParameters] PageQuery page,
        [AllowedValues(null, "received", Sent)] string? side,
        ClaimsPrincipal user,
        HttpContext context,
        TicketsDb db,
        Peers peers,
        CancellationToken ct
    )
    {
        context.Response.Headers.CacheControl = "private, no-store";
        var (me, now) = (user.UserId(), await db.NowAsync(ct));
        var mine = db.Transfers.AsNoTracking().Include(t => t.Ticket.Session.Event).AsQueryable();
        if (side is Sent)
            mine = mine.Where(t => t.FromId == me);
        else if (await peers.ProvenAddressAsync(me, ct) is { } address)
            mine = mine.Where(t =>
                t.Email == address
                && t.Status == TransferStatus.Offered
                && t.ExpiresAt > now
                && (t.Ticket.Session.DoorsAt ?? t.Ticket.Session.StartsAt) > now
                && !t.Ticket.Session.Cancelled
                && t.Ticket.Status == TicketStatus.Valid
                && t.Ticket.BlockReason == null
            );
        else
            return TypedResults.Ok(new Page<TransferView>([], null));
        if (page.AfterId() is { } after)
        {
            mine = mine.Where(t => t.Id < after);
        }
        var rows = await mine.OrderByDescending(t => t.Id).Take(page.Take() + 1).ToListAsync(ct);
        var found = Page.Of(rows, page.Take(), t => t.Id.ToString());
        return TypedResults.Ok(
            new Page<TransferView>([.. found.Items.Select(t => TransferView.Of(t, now))], found.Next)
        );
    }
}
