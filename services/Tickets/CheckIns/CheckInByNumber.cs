using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.CheckIns;

/// <summary>For a code that no camera reads: the door types the number that is printed below it.</summary>
internal static class CheckInByNumber
{
    private const int MaxNumberLength = 20;

    /// <param name="SessionId">Of the door: a number admits to no other session.</param>
    /// <param name="Number">As printed; blanks, hyphens and case do not matter.</param>
    /// <param name="Gate">Where the person stands, such as "Portão A".</param>
    /// <param name="DeviceId">As of a scan.</param>
    public sealed record Request(
        Guid SessionId,
        [Required, MaxLength(MaxNumberLength)] string Number,
        [Required, MinLength(1), MaxLength(CheckIn.MaxGateLength)] string Gate,
        [MinLength(1), MaxLength(MergeCheckIns.MaxDeviceLength)] string? DeviceId = null
    );

    /// <summary>Admit the holder of a ticket by its printed number, once.</summary>
    /// <remarks>
    /// As a scan, by the same people and with the same answers, within one session. A number is no secret as the code is:
    /// look at the holder's document.
    /// </remarks>
    /// <response code="404">No ticket of this number in the session, or of an organizer whose door you do not keep.</response>
    /// <response code="409">
    /// <c>already-used</c> with <c>usedAt</c> and <c>gate</c> of the first time; <c>ticket-blocked</c> with <c>reason</c>
    /// (payment-disputed).
    /// </response>
    /// <response code="410"><c>voided</c>: refunded.</response>
    /// <response code="429"><c>too-many-numbers</c>: you typed too many within a minute, <c>Retry-After</c>.</response>
    public static async Task<Ok<CheckIn.Response>> Handle(
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        TicketsDb db,
        TypedNumbers typed,
        TicketMetrics metrics,
        TimeProvider time,
        CancellationToken ct
    )
    {
        try
        {
            // Before anything is looked up: nobody finds numbers out by trying.
            typed.Count(user.UserId());
            var number = TicketNumber.Of(request.Number);
            var ticket =
                await db
                    .Tickets.AsNoTracking()
                    .Include(t => t.Session.Event)
                    .SingleOrDefaultAsync(t => t.Number == number && t.SessionId == request.SessionId, ct)
                ?? throw ProblemException.NotFound("ticket");
            if (!await db.KeepsDoorAsync(user, ticket.Session.Event.OrganizerId, ct))
                throw ProblemException.NotFound("ticket");
            var act = actor.Did("ticket.checked-in-by-number", ticket.Session.Event.OrganizerId, ticket.Id);
            var answer = await db.AdmitAsync(
                ticket,
                ticket.Serial,
                request.Gate,
                request.DeviceId,
                time.GetUtcNow(),
                act,
                ct
            );
            metrics.CheckedIn("admitted");
            return TypedResults.Ok(answer);
        }
        catch (ProblemException refusal)
        {
            metrics.CheckedIn(refusal.Code);
            throw;
        }
    }
}
