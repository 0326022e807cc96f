using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

internal static class GetTicket
{
    /// <summary>A ticket of mine, with the code that the door reads.</summary>
    /// <param name="id">The ticket.</param>
    /// <response code="404">No such ticket of yours.</response>
    public static async Task<Ok<TicketView>> Handle(
        Guid id,
        ClaimsPrincipal user,
        HttpContext context,
        TicketsDb db,
        TicketSigner signer,
        TicketLinks links,
        CancellationToken ct
    )
    {
        var owner = user.UserId();
        var ticket =
            await db
                .Tickets.AsNoTracking()
                .Include(t => t.Session.Event)
                .SingleOrDefaultAsync(t => t.Id == id && t.OwnerId == owner, ct)
            ?? throw ProblemException.NotFound("ticket");
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(await TicketView.OfAsync(ticket, signer, links, ct));
    }
}
