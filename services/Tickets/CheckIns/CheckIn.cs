using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.CheckIns;

internal static class CheckIn
{
    public const int MaxGateLength = 50;

    /// <param name="Code">What the QR code says.</param>
    /// <param name="Gate">Where the person stands, such as "Portão A".</param>
    /// <param name="SessionId">When given, tickets of other sessions are refused.</param>
    /// <param name="DeviceId">
    /// Of the door's own, as it tells a batch: an admission whose answer was lost and that is told there again is one.
    /// </param>
    public sealed record Request(
        [Required, MaxLength(1_000)] string Code,
        [Required, MinLength(1), MaxLength(MaxGateLength)] string Gate,
        Guid? SessionId = null,
        [MinLength(1), MaxLength(MergeCheckIns.MaxDeviceLength)] string? DeviceId = null
    );

    internal sealed record Response(
        Guid TicketId,
        string Number,
        Guid SessionId,
        string EventTitle,
        string HolderName,
        string TicketTypeName,
        TicketKind Kind,
        string? Seat,
        SeatPlace? Place,
        DateTimeOffset AdmittedAt,
        string Gate
    );

    /// <summary>Admit the holder of a ticket, once.</summary>
    /// <remarks>For the organizer's team with the role door, manager or owner.</remarks>
    /// <response code="404">Not a code of ours, or of an organizer whose door you do not keep.</response>
    /// <response code="409">
    /// <c>already-used</c> with <c>usedAt</c> and <c>gate</c> of the first time; <c>ticket-blocked</c> with <c>reason</c>
    /// (payment-disputed); or <c>wrong-session</c>.
    /// </response>
    /// <response code="410"><c>voided</c>: refunded, passed to somebody else, or reissued: there is a newer code.</response>
    public static async Task<Ok<Response>> Handle(
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        TicketsDb db,
        TicketSigner signer,
        TicketMetrics metrics,
        TimeProvider time,
        CancellationToken ct
    )
    {
        try
        {
            var answer = await AdmitAsync(request, user, actor, db, signer, time, ct);
            metrics.CheckedIn("admitted");
            return TypedResults.Ok(answer);
        }
        catch (ProblemException refusal)
        {
            metrics.CheckedIn(refusal.Code);
            throw;
        }
    }

    private static async Task<Response> AdmitAsync(
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        TicketsDb db,
        TicketSigner signer,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var code = await signer.VerifyAsync(request.Code.Trim(), ct) ?? throw ProblemException.NotFound("ticket");
        var ticket =
            await db
                .Tickets.AsNoTracking()
                .Include(t => t.Session.Event)
                .SingleOrDefaultAsync(t => t.Id == code.TicketId && t.SessionId == code.SessionId, ct)
            ?? throw ProblemException.NotFound("ticket");
        if (!await db.KeepsDoorAsync(user, ticket.Session.Event.OrganizerId, ct))
            throw ProblemException.NotFound("ticket");
        if (request.SessionId is { } session && session != ticket.SessionId)
            throw ProblemException.Conflict("wrong-session", "The ticket is for another session.");
        // The organizer's door is told by the ticket's row; the platform at a door that is not its own is accounted for.
        var act = actor.AsAdmin ? actor.Did("ticket.checked-in", ticket.Session.Event.OrganizerId, ticket.Id) : null;
        return await db.AdmitAsync(ticket, code.Serial, request.Gate, request.DeviceId, time.GetUtcNow(), act, ct);
    }

    /// <summary>Whoever changes the row first is the one who admits.</summary>
    /// <param name="ticket">With its session and event, of a door that the caller keeps.</param>
    /// <param name="serial">Of the code that was shown.</param>
    /// <param name="act">To be accounted for; null: the ticket's row says enough.</param>
    /// <exception cref="ProblemException">409 or 410: why not.</exception>
    public static async Task<Response> AdmitAsync(
        this TicketsDb db,
        Ticket ticket,
        int serial,
        string gate,
        string? device,
        DateTimeOffset now,
        ActRecorded? act,
        CancellationToken ct
    )
    {
        var admitted = act is null
            ? await TakeAsync(ct)
            : await db.InTransactionAsync(
                async token =>
                {
                    if (!await TakeAsync(token))
                        return false;
                    db.Record(act);
                    return true;
                },
                ct
            );
        if (!admitted)
            throw WhyNot(await db.Tickets.AsNoTracking().SingleAsync(t => t.Id == ticket.Id, ct), serial);
        return new(
            ticket.Id,
            ticket.Number,
            ticket.SessionId,
            ticket.Session.Event.Title,
            ticket.HolderName,
            ticket.TypeName,
            ticket.Kind,
            ticket.Seat,
            SeatPlace.Of(ticket.Seat),
            now,
            gate
        );

        // What was offered is offered no more: its receiver is told.
        async Task<bool> TakeAsync(CancellationToken token) =>
            (
                await db
                    .Database.SqlQuery<bool>(
                        $"""
                        WITH used AS (
                            UPDATE tickets SET status = 'Used', used_at = {now}, gate = {gate}, used_device = {device}
                            WHERE id = {ticket.Id} AND serial = {serial} AND status = 'Valid' AND block_reason IS NULL
                            RETURNING id),
                        due AS (
                            UPDATE transfers f SET due_at = now() FROM used u WHERE f.ticket_id = u.id AND f.status = 'Offered')
                        SELECT EXISTS (SELECT FROM used) AS "Value"
                        """
                    )
                    .ToListAsync(token)
            )[0];
    }

    private static ProblemException WhyNot(Ticket ticket, int serial)
    {
        if (ticket.Status == TicketStatus.Voided || ticket.Serial != serial)
            return new(410, "voided", "The ticket was refunded, passed to somebody else or reissued.");
        if (ticket.Status == TicketStatus.Used)
            return new(409, "already-used", "The ticket was used before.")
            {
                Extensions = { ["usedAt"] = ticket.UsedAt, ["gate"] = ticket.Gate },
            };
        return new(409, "ticket-blocked", "The ticket's payment is disputed: send the person to the box office.")
        {
            Extensions = { ["reason"] = ticket.BlockReason },
        };
    }
}
