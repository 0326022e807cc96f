using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

internal static class OrderTickets
{
    /// <summary>
    /// What a person, or whoever has the buyer's link, may see of an order: what is theirs, or what the buyer still has with
    /// the code of the purchase. Void ones are left out.
    /// </summary>
    /// <param name="key">Of the link; no token is needed then.</param>
    /// <returns>At least one, with session and event.</returns>
    public static async Task<List<Ticket>> OfAsync(
        Guid orderId,
        string? key,
        ClaimsPrincipal user,
        TicketsDb db,
        TicketLinks links,
        CancellationToken ct
    )
    {
        if (key is null && user.Identity?.IsAuthenticated != true)
            throw new ProblemException(401, "unauthenticated", "Log in, or use the order's link.");
        if (key is not null && !await links.OpensOrderAsync(orderId, key, ct))
            throw ProblemException.NotFound("order");
        var all = await db
            .Tickets.AsNoTracking()
            .Include(t => t.Session.Event)
            .Where(t => t.OrderId == orderId)
            .OrderBy(t => t.Ordinal)
            .ToListAsync(ct);
        if (all.Count == 0)
            throw ProblemException.NotFound("order");
        var me = key is null ? user.UserId() : all[0].BuyerId;
        var mine = all.Where(t => t.OwnerId == me).ToList();
        if (key is null && mine.Count == 0)
            throw ProblemException.NotFound("order");
        var tickets = mine.Where(t =>
                t.Status != TicketStatus.Voided && (key is null || t.Serial == Ticket.FirstSerial)
            )
            .ToList();
        return tickets.Count > 0
            ? tickets
            : throw new ProblemException(410, "voided", "The order's tickets were refunded, passed on or reissued.");
    }
}
