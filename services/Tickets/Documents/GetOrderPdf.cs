using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Documents;

internal static class GetOrderPdf
{
    /// <summary>All tickets of an order in one document, a page each.</summary>
    /// <remarks>
    /// For whoever has them by token: those that are theirs. By the link (<c>key</c>) that the buyer was sent: those that the
    /// buyer still has with the code of the purchase. Void ones are left out.
    /// </remarks>
    /// <param name="orderId">The order.</param>
    /// <param name="key">Of the link; no token is needed then.</param>
    /// <param name="size">a4 (when not given) to print, or phone.</param>
    /// <response code="404">No such order, or neither yours nor the key's.</response>
    /// <response code="410"><c>voided</c>: none of its tickets is left to print.</response>
    public static async Task<IResult> Handle(
        Guid orderId,
        [MaxLength(100)] string? key,
        [AllowedValues(null, PageSizes.A4, PageSizes.Phone)] string? size,
        ClaimsPrincipal user,
        HttpContext context,
        TicketsDb db,
        TicketLinks links,
        TicketDocuments documents,
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
        if (tickets.Count == 0)
            throw new ProblemException(410, "voided", "The order's tickets were refunded, passed on or reissued.");
        var pdf = await documents.GetAsync(tickets, PageSizes.Of(size), ct);
        return context.Pdf(pdf, tickets[0].Locale, tickets[0].OrderNumber);
    }
}
