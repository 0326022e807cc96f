using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Transfers;

internal static class DeclineTransfer
{
    /// <summary>Decline a ticket that is offered to me.</summary>
    /// <remarks>By token of the proven address, or by the mail's key, without an account. The offerer is told.</remarks>
    /// <param name="id">The ticket.</param>
    /// <param name="transferId">The offer.</param>
    /// <param name="key">Of the mail's link; no token is needed then.</param>
    /// <response code="404">No such offer to your proven address, nor of the key.</response>
    /// <response code="409"><c>transfer-ended</c> with <c>ended</c>: how.</response>
    public static async Task<NoContent> Handle(
        Guid id,
        Guid transferId,
        [MaxLength(100)] string? key,
        ClaimsPrincipal user,
        TicketsDb db,
        TicketLinks links,
        Peers peers,
        CancellationToken ct
    )
    {
        if (key is null && user.Identity?.IsAuthenticated != true)
            throw new ProblemException(401, "unauthenticated", "Log in, or use the mail's link.");
        if (
            await db.FindTransferAsync(id, transferId, ct) is not { } found
            || !await found.IsReceiverAsync(key, user, links, peers, ct)
        )
            throw ProblemException.NotFound("transfer");
        return await db.InTransactionAsync(
            async token =>
            {
                var transfer = await db.LockTransferAsync(id, transferId, token);
                var now = await db.NowAsync(token);
                if (transfer.StatusAt(now) is not (TransferStatus.Offered or TransferStatus.Declined) and var status)
                    throw TransferAccess.Ended(status);
                if (transfer.Status is TransferStatus.Offered)
                {
                    transfer.End(TransferStatus.Declined, now);
                    db.Publish(new TransferDeclined(transferId, transfer.Ticket.Summary(), transfer.FromId, now));
                }
                return TypedResults.NoContent();
            },
            ct
        );
    }
}
