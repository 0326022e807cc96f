using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
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
        var tickets = await OrderTickets.OfAsync(orderId, key, user, db, links, ct);
        var pdf = await documents.GetAsync(tickets, PageSizes.Of(size), ct);
        return context.Pdf(pdf, tickets[0].Locale, tickets[0].OrderNumber);
    }
}
