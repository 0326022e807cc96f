using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Transfers;

internal static class WithdrawTransfer
{
    /// <summary>Withdraw my offer of a ticket.</summary>
    /// <remarks>The receiver is told. Repeats, and offers that came to nothing anyway, answer the same.</remarks>
    /// <param name="id">The ticket.</param>
    /// <param name="transferId">The offer.</param>
    /// <response code="404">No such offer of yours.</response>
    /// <response code="409"><c>transfer-ended</c>: it was accepted.</response>
    public static async Task<NoContent> Handle(
        Guid id,
        Guid transferId,
        ClaimsPrincipal user,
        TicketsDb db,
        CancellationToken ct
    )
    {
        var me = user.UserId();
        return await db.InTransactionAsync(
            async token =>
            {
                var transfer = await db.LockTransferAsync(id, transferId, token);
                if (transfer.FromId != me)
                    throw ProblemException.NotFound("transfer");
                if (transfer.Status is TransferStatus.Accepted)
                    throw TransferAccess.Ended(transfer.Status);
                var now = await db.NowAsync(token);
                if (transfer.Status is TransferStatus.Offered)
                    transfer.Lapse(transfer.StatusAt(now) is TransferStatus.Expired, now, db);
                return TypedResults.NoContent();
            },
            ct
        );
    }
}
