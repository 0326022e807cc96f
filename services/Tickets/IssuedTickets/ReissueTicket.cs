using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.Documents;
using Ticketing.Tickets.Holds;
using Ticketing.Tickets.Transfers;

namespace Ticketing.Tickets.IssuedTickets;

internal static class ReissueTicket
{
    /// <summary>Each serial is one more that a link's key is compared with.</summary>
    private const int MaxSerial = 100;

    /// <summary>A new code for a ticket of mine.</summary>
    /// <remarks>For a code or link that somebody else has seen: those of before stop working at once. An offer stays open.</remarks>
    /// <param name="id">The ticket.</param>
    /// <response code="404">No such ticket of yours.</response>
    /// <response code="409">
    /// <c>ticket-used</c>, <c>ticket-voided</c>, <c>ticket-blocked</c> or <c>session-cancelled</c>; <c>limit-reached</c>.
    /// </response>
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
        var ticket = await db.InTransactionAsync(
            async token =>
            {
                var found = await db.LockTicketAsync(id, token);
                if (found?.OwnerId != owner)
                    throw ProblemException.NotFound("ticket");
                if (found.Refusal() is { } refusal)
                    throw refusal;
                if (found.Serial >= MaxSerial)
                    throw Refusals.LimitReached("The ticket has had too many codes.", MaxSerial);
                found.Serial++;
                await db.MarkStaleAsync(id, token);
                return found;
            },
            ct
        );
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(await TicketView.OfAsync(ticket, signer, links, ct));
    }
}
