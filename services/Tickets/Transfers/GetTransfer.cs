using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Transfers;

internal static class GetTransfer
{
    /// <summary>An offer of a ticket, by me or to me.</summary>
    /// <remarks>For both sides by token, or for whoever has the mail's link (<c>key</c>).</remarks>
    /// <param name="id">The ticket.</param>
    /// <param name="transferId">The offer.</param>
    /// <param name="key">Of the link; no token is needed then.</param>
    /// <response code="404">No such offer of yours or to your proven address, nor of the key.</response>
    public static async Task<Ok<TransferView>> Handle(
        Guid id,
        Guid transferId,
        [MaxLength(100)] string? key,
        ClaimsPrincipal user,
        HttpContext context,
        TicketsDb db,
        TicketLinks links,
        Peers peers,
        CancellationToken ct
    )
    {
        if (key is null && user.Identity?.IsAuthenticated != true)
            throw new ProblemException(401, "unauthenticated", "Log in, or use the mail's link.");
        var transfer = await db.FindTransferAsync(id, transferId, ct) ?? throw ProblemException.NotFound("transfer");
        var concerns =
            user.Identity?.IsAuthenticated == true
            && user.UserId() is var me
            && (me == transfer.FromId || me == transfer.ToId);
        if (!concerns && !await transfer.IsReceiverAsync(key, user, links, peers, ct))
            throw ProblemException.NotFound("transfer");
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(TransferView.Of(transfer, await db.NowAsync(ct)));
    }
}
