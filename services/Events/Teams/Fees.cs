using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Events.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

/// <summary>What the platform takes of each ticket that the organizer sells. Of free tickets and add-ons it takes nothing.</summary>
/// <param name="Percent">Of the price.</param>
/// <param name="Fixed">And so much a ticket, of those in this currency.</param>
/// <param name="PassedOn">Buyers pay it on top of the price, as a service fee that they see; else it is taken out of the price.</param>
public sealed record FeeView(decimal Percent, Money Fixed, bool PassedOn)
{
    internal static FeeView Of(FeeTerms terms) => new(terms.Percent, new(terms.Fixed, terms.Currency), terms.PassedOn);
}

public static class Fees
{
    /// <param name="Percent">From 0 to 50, with at most two decimals.</param>
    /// <param name="Fixed">In minor units; up to 100000.</param>
    public sealed record TermsRequest(decimal Percent, Money Fixed);

    public sealed record BearerRequest(bool PassedOn);

    /// <summary>What the platform takes of each ticket; for the organizer's team.</summary>
    /// <param name="id">The organizer.</param>
    internal static async Task<Ok<FeeView>> Get(Guid id, ClaimsPrincipal user, EventsDb db, CancellationToken ct)
    {
        await db.RequireMemberAsync(user, id, "organizer", ct);
        var organizer =
            await db.Organizers.AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, ct)
            ?? throw ProblemException.NotFound("organizer");
        return TypedResults.Ok(FeeView.Of(organizer.Fee));
    }

    /// <summary>Sets what the platform takes of each ticket from now on; administrators only.</summary>
    /// <remarks>What is held or sold already keeps its price and its fee.</remarks>
    /// <param name="id">The organizer.</param>
    internal static Task<Ok<FeeView>> SetTerms(
        Guid id,
        TermsRequest request,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        SetAsync(
            id,
            "organizer.fee-changed",
            fee => FeeTerms.Checked(request.Percent, request.Fixed, fee.PassedOn),
            user,
            actor,
            db,
            clock,
            ct
        );

    /// <summary>Says who bears the fee from now on: buyers, on top of the price, or the organizer.</summary>
    /// <remarks>For owners and managers. What is held or sold already keeps its price.</remarks>
    /// <param name="id">The organizer.</param>
    internal static Task<Ok<FeeView>> SetBearer(
        Guid id,
        BearerRequest request,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        SetAsync(
            id,
            "organizer.fee-bearer-changed",
            fee => fee with { PassedOn = request.PassedOn },
            user,
            actor,
            db,
            clock,
            ct
        );

    private static Task<Ok<FeeView>> SetAsync(
        Guid id,
        string act,
        Func<FeeTerms, FeeTerms> change,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        db.InTransactionAsync(
            async ct =>
            {
                var organizer = await db.LockOrganizerAsync(id, "organizer", ct);
                await db.RequireManagerAsync(user, id, "organizer", ct);
                var fee = change(organizer.Fee);
                if (fee == organizer.Fee)
                    return TypedResults.Ok(FeeView.Of(fee));
                organizer.Fee = fee;
                db.Record(
                    actor.Did(
                        act,
                        id,
                        id,
                        null,
                        ("percent", fee.Percent),
                        ("fixed", Prices.Text(new(fee.Fixed, fee.Currency))),
                        ("passedOn", fee.PassedOn)
                    )
                );
                await db.TellFeesAsync(id, clock.GetUtcNow(), ct);
                return TypedResults.Ok(FeeView.Of(fee));
            },
            ct
        );
}
