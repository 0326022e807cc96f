using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

internal static class ListOrderTickets
{
    /// <summary>The tickets of an order, with the codes that the door reads.</summary>
    /// <remarks>
    /// For whoever has them by token: those that are theirs. By the link (<c>key</c>) that the buyer was sent: those that the
    /// buyer still has with the code of the purchase. Void ones are left out. All of them at once: an order has a hundred at
    /// most.
    /// </remarks>
    /// <param name="orderId">The order.</param>
    /// <param name="key">Of the link; no token is needed then.</param>
    /// <response code="404">No such order, or neither yours nor the key's.</response>
    /// <response code="410"><c>voided</c>: none of its tickets is left.</response>
    public static async Task<Ok<Page<TicketView>>> Handle(
        Guid orderId,
        [MaxLength(100)] string? key,
        ClaimsPrincipal user,
        HttpContext context,
        TicketsDb db,
        TicketSigner signer,
        TicketLinks links,
        CancellationToken ct
    )
    {
        var views = new List<TicketView>();
        foreach (var ticket in await OrderTickets.OfAsync(orderId, key, user, db, links, ct))
            views.Add(await TicketView.OfAsync(ticket, signer, links, ct));
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(new Page<TicketView>(views, null));
    }
}
