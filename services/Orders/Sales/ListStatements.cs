using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Sales;

internal static class ListStatements
{
    /// <param name="Items">By event, the newest first; an event has one currency.</param>
    internal sealed record Response(IReadOnlyList<Statement> Items);

    /// <param name="Payments">How many orders were paid.</param>
    /// <param name="Gross">What buyers paid, with add-ons, service fees and after coupons.</param>
    /// <param name="Fees">What the platform keeps of it. Of what is given back it keeps nothing, of what a bank takes all.</param>
    /// <param name="Refunds">What was given back, or is on its way.</param>
    /// <param name="Chargebacks">What banks took back for good.</param>
    /// <param name="Net">The organizer's: gross less fees, refunds and chargebacks.</param>
    /// <param name="Disputed">Of the net, what banks withhold until they have decided.</param>
    /// <param name="PaidOut">Of the net, what was paid to the organizer, or is on its way.</param>
    /// <param name="PayableFrom">When the rest may be paid out: some days after the event; null: not known yet.</param>
    /// <param name="EventTitle">As its newest order says it; null before the first one.</param>
    internal sealed record Statement(
        Guid EventId,
        long Payments,
        Money Gross,
        Money Fees,
        Money Refunds,
        Money Chargebacks,
        Money Net,
        Money Disputed,
        Money PaidOut,
        DateTimeOffset? PayableFrom,
        string? EventTitle
    )
    {
        public static Statement Of(EventTotals t, string? title)
        {
            return new(
                t.EventId,
                t.Payments,
                In(t.Gross),
                In(t.Fees),
                In(t.Refunds),
                In(t.Chargebacks),
                In(t.Gross - t.Fees - t.Refunds - t.Chargebacks),
                In(t.Disputed),
                In(t.PaidOut),
                t.PayableFrom,
                title
            );

            Money In(long amount) => new(amount, t.Currency);
        }
    }

    /// <summary>What the organizer's events brought in, by the ledger.</summary>
    /// <remarks>
    /// For the organizer's owner, managers and finance. Amounts in minor units; as of the last closing of the books, some minutes ago.
    /// Only events of which something was paid.
    /// </remarks>
    /// <param name="organizerId">Your organizer.</param>
    /// <param name="eventId">Of this event only.</param>
    /// <response code="404">No such organizer of yours.</response>
    public static async Task<Ok<Response>> Handle(
        Guid organizerId,
        Guid? eventId,
        ClaimsPrincipal user,
        OrdersDb db,
        NpgsqlDataSource source,
        Peers peers,
        CancellationToken ct
    ) => TypedResults.Ok(new Response(await ReadAsync(organizerId, eventId, user, db, source, peers, ct)));

    /// <exception cref="ProblemException">404: not of the team, or not one who sees money.</exception>
    public static async Task<IReadOnlyList<Statement>> ReadAsync(
        Guid organizerId,
        Guid? eventId,
        ClaimsPrincipal user,
        OrdersDb db,
        NpgsqlDataSource source,
        Peers peers,
        CancellationToken ct
    )
    {
        await db.CheckMoneyTeamAsync(organizerId, user, ct);
        var only = eventId is { } id ? $"?eventId={id}" : "";
        var totals = await peers.GetAsync<IReadOnlyList<EventTotals>>(
            AppIds.Payments,
            $"internal/organizers/{organizerId}/totals{only}",
            ct
        );
        var titles = await EventTitles.FindAsync(source, totals.Select(t => t.EventId), ct);
        return [.. totals.Where(t => t.Payments > 0).Select(t => Statement.Of(t, titles.GetValueOrDefault(t.EventId)))];
    }
}
