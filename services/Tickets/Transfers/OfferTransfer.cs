using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Transfers;

internal static class OfferTransfer
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <param name="Email">Of the receiver, who need not have an account yet.</param>
    /// <param name="Name">Of the person who will come: the holder, once the offer is accepted.</param>
    public sealed record Request(
        [Required, EmailAddress, MaxLength(EmailAddress.MaxLength)] string Email,
        [
            StringLength(PersonName.MaxLength, MinimumLength = 1),
            RegularExpression(PersonName.Pattern, ErrorMessage = PersonName.Rule)
        ]
            string Name
    );

    /// <summary>Offer a ticket of mine to another person.</summary>
    /// <remarks>
    /// The answer says nothing about whether the address has an account. The receiver is told by mail and has 72 hours, and
    /// until doors open, to accept. Until then the ticket is mine: its code admits, and I may withdraw the offer.
    /// </remarks>
    /// <param name="id">The ticket.</param>
    /// <response code="404">No such ticket of yours.</response>
    /// <response code="409">
    /// <c>transfer-open</c> with its <c>transferId</c>: withdraw that offer first. <c>ticket-used</c>, <c>ticket-voided</c>,
    /// <c>ticket-blocked</c>, <c>session-cancelled</c>, <c>doors-open</c>, <c>ticket-yours</c> (the address is your own), or
    /// <c>profile-missing</c>.
    /// </response>
    /// <response code="422">The address is none.</response>
    /// <response code="429"><c>too-many-transfers</c>: the ticket was offered too often today, or you offered too many.</response>
    public static async Task<Created<TransferView>> Handle(
        Guid id,
        Request request,
        ClaimsPrincipal user,
        TicketsDb db,
        TicketLinks links,
        Peers peers,
        CancellationToken ct
    )
    {
        var owner = user.UserId();
        if (!EmailAddress.TryNormalize(request.Email, out var email))
            throw ProblemException.Invalid("email", "This is not an e-mail address.");
        var me =
            await peers.FindUserAsync(owner, ct)
            ?? throw ProblemException.Conflict(
                "profile-missing",
                "The receiver is told who offers: read GET /api/v1/me first."
            );
        if (me.Email == email)
            throw ProblemException.Conflict("ticket-yours", "The ticket is yours already.");
        var transferId = Guid.CreateVersion7();
        var path = await links.TransferPathAsync(id, transferId, ct);
        var made = await db.InTransactionAsync(
            async token =>
            {
                var ticket = await db.LockTicketAsync(id, token);
                if (ticket?.OwnerId != owner)
                    throw ProblemException.NotFound("ticket");
                var now = await db.NowAsync(token);
                var latest = await db
                    .Transfers.Where(t => t.TicketId == id)
                    .OrderByDescending(t => t.Id)
                    .Take(Transfer.MaxOffersADay)
                    .ToListAsync(token);
                if (latest.Find(t => t.Id == transferId) is { } mine)
                    // The connection broke after a commit.
                    return TransferView.Of(mine, now);
                RefuseUnlessFree(ticket, latest, now, db);
                var before = await db
                    .Transfers.Where(t => t.FromId == owner)
                    .OrderByDescending(t => t.Id)
                    .Skip(Transfer.MaxOffersOfOneADay - 1)
                    .Select(t => (DateTimeOffset?)t.OfferedAt)
                    .FirstOrDefaultAsync(token);
                RefuseTooMany(
                    before,
                    now,
                    $"A person offers tickets {Transfer.MaxOffersOfOneADay} times a day at most."
                );
                var transfer = new Transfer
                {
                    Id = transferId,
                    TicketId = id,
                    Ticket = ticket,
                    FromId = owner,
                    Email = email,
                    Name = request.Name.Trim(),
                    OfferedAt = now,
                    ExpiresAt = now + Transfer.Lifetime,
                    DueAt = now,
                };
                transfer.DueAt = transfer.OpenUntil;
                // The lapsed one is out of the way first.
                await db.SaveChangesAsync(token);
                db.Add(transfer);
                db.Publish(new TransferOffered(transferId, ticket.Summary(), owner, email, transfer.OpenUntil, path));
                return TransferView.Of(transfer, now);
            },
            ct
        );
        return TypedResults.Created($"/api/v1/tickets/{id}/transfers/{transferId}", made);
    }

    /// <param name="latest">Of the ticket, newest first.</param>
    private static void RefuseUnlessFree(Ticket ticket, List<Transfer> latest, DateTimeOffset now, TicketsDb db)
    {
        if (ticket.Refusal() is { } refusal)
            throw refusal;
        if (ticket.Session.OpensAt <= now)
            throw ProblemException.Conflict("doors-open", "The doors are open: tickets are not transferred any more.");
        if (latest.Find(t => t.Status is TransferStatus.Offered) is { } open)
        {
            if (open.StatusAt(now) is not TransferStatus.Expired)
                throw new ProblemException(409, "transfer-open", "The ticket is offered already.")
                {
                    Extensions = { ["transferId"] = open.Id },
                };
            open.Lapse(expired: true, open.OpenUntil, db);
        }
        if (latest is { Count: Transfer.MaxOffersADay })
            RefuseTooMany(
                latest[^1].OfferedAt,
                now,
                $"A ticket is offered {Transfer.MaxOffersADay} times a day at most."
            );
    }

    /// <param name="before">When as many were made as may be in a day; null: fewer were.</param>
    private static void RefuseTooMany(DateTimeOffset? before, DateTimeOffset now, string detail)
    {
        if (before + Day is { } free && free > now)
            throw new ProblemException(429, "too-many-transfers", detail, free - now);
    }
}
