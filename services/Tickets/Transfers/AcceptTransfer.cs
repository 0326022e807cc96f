using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.Documents;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Transfers;

internal static class AcceptTransfer
{
    /// <summary>Accept a ticket that is offered to me.</summary>
    /// <remarks>
    /// Signed in with an account whose proven address is the one that the offer was made to. The mail's key does not stand in
    /// for that: mails are passed on. The ticket gets a new code and a new PDF; those of before stop working at once.
    /// </remarks>
    /// <param name="id">The ticket.</param>
    /// <param name="transferId">The offer.</param>
    /// <param name="key">Of the mail's link: tells why not, instead of 404.</param>
    /// <response code="403">
    /// <c>address-not-proven</c>: the offer is for another address than the one that your account has proven.
    /// </response>
    /// <response code="404">No such offer to your proven address.</response>
    /// <response code="409">
    /// <c>transfer-ended</c> with <c>ended</c>: how; <c>ticket-used</c>, <c>ticket-voided</c>, <c>ticket-blocked</c> or
    /// <c>session-cancelled</c>: the ticket is worth no more to its holder either; <c>ticket-yours</c>.
    /// </response>
    public static async Task<Ok<TicketView>> Handle(
        Guid id,
        Guid transferId,
        [MaxLength(100)] string? key,
        ClaimsPrincipal user,
        HttpContext context,
        TicketsDb db,
        TicketSigner signer,
        TicketLinks links,
        Peers peers,
        CancellationToken ct
    )
    {
        var me = user.UserId();
        var person = await peers.FindUserAsync(me, ct);
        var address = person is { EmailVerified: true } ? person.Email : null;
        var mayTell = key is not null && await links.OpensTransferAsync(transferId, key, ct);
        var ticket = await db.InTransactionAsync(
            async token =>
            {
                // First of all locks, as the erasure does.
                await ErasedPerson.TakeTurnAsync(db, me, alone: false, token);
                var transfer = await db.LockTransferAsync(id, transferId, token);
                if (transfer.ToId == me && transfer.Ticket.OwnerId == me)
                    return transfer.Ticket;
                if (address is null || address != transfer.Email)
                    throw mayTell
                        ? new ProblemException(
                            403,
                            "address-not-proven",
                            "Sign in with the address that the offer was sent to, and prove that it is yours."
                        )
                        : ProblemException.NotFound("transfer");
                var now = await db.NowAsync(token);
                transfer.RefuseUnlessOpen(now);
                if (transfer.Ticket.OwnerId == me)
                    throw ProblemException.Conflict("ticket-yours", "The ticket is yours already.");
                if (await db.Set<ErasedPerson>().AnyAsync(p => p.Id == me, token))
                    throw ProblemException.NotFound("transfer");
                await MoveAsync(db, transfer, me, person!.Locale, now, links, token);
                return transfer.Ticket;
            },
            ct
        );
        context.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(await TicketView.OfAsync(ticket, signer, links, ct));
    }

    private static async Task MoveAsync(
        TicketsDb db,
        Transfer transfer,
        Guid receiver,
        string locale,
        DateTimeOffset now,
        TicketLinks links,
        CancellationToken ct
    )
    {
        var (ticket, from) = (transfer.Ticket, transfer.Ticket.OwnerId);
        ticket.PassTo(receiver, transfer.Name!, locale);
        transfer.End(TransferStatus.Accepted, now, receiver);
        await db.MarkStaleAsync(ticket.Id, ct);
        db.Publish(
            new TicketTransferred(
                transfer.Id,
                ticket.Summary(),
                from,
                receiver,
                ticket.Number,
                ticket.HolderName,
                await links.PdfPathAsync(ticket.Id, ticket.Serial, ct),
                now
            )
        );
    }
}
