using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

public static class AddTicketType
{
    /// <param name="Price">In minor units; one currency an event. 0 is free.</param>
    /// <param name="PoolId">The pool it draws from.</param>
    /// <param name="Section">Instead of a pool: the name of a section of the session's seat map.</param>
    /// <param name="Capacity">Instead of a pool: makes a general-admission pool of this capacity.</param>
    /// <param name="PoolName">Of the pool that is made; null: as the ticket type. Where another has it, a number follows.</param>
    /// <param name="SalesStart">Null: as soon as the event is published.</param>
    /// <param name="SalesEnd">Null: until the session ends, or starts when its end is not given.</param>
    public sealed record Request(
        [Text(TicketType.MaxNameLength)] string Name,
        TicketKind Kind,
        Money Price,
        Guid? PoolId = null,
        [Text(Pool.MaxNameLength)] string? Section = null,
        [Range(0, Pool.MaxCapacity)] int? Capacity = null,
        DateTimeOffset? SalesStart = null,
        DateTimeOffset? SalesEnd = null,
        [Range(1, TicketType.MaxMaxPerOrder)] int MaxPerOrder = TicketType.DefaultMaxPerOrder,
        [Text(Pool.MaxNameLength)] string? PoolName = null
    );

    /// <summary>Adds what buyers choose: name, kind, price, and where its places come from.</summary>
    /// <remarks>Exactly one of poolId, section and capacity is given. 409 event-cancelled, limit-reached.</remarks>
    internal static async Task<Created<TicketTypeView>> Handle(
        Guid id,
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        IOptions<EventsOptions> options,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var type = await db.EditSessionAsync(
            user,
            id,
            (e, session) =>
            {
                var type = new TicketType
                {
                    SessionId = id,
                    PoolId = PoolOf(session, request).Id,
                    Name = request.Name.Trim(),
                    Kind = request.Kind,
                    MaxPerOrder = request.MaxPerOrder,
                }
                    .Priced(request.Price, e.Organizer.Fee)
                    .OnSale(request.SalesStart, request.SalesEnd);
                e.CheckCurrency("price.currency", type.Price.Currency);
                options.Value.RequirePayable("price", type.Price);
                db.Record(
                    actor.Did(
                        "ticket-type.added",
                        e.OrganizerId,
                        type.Id,
                        null,
                        ("priceAfter", Prices.Text(type.Price))
                    )
                );
                return session.AddTicketType(type);
            },
            ct
        );
        response.SetETag(type.Version);
        return TypedResults.Created($"/api/v1/ticket-types/{type.Id}", TicketTypeView.Of(type));
    }

    private static Pool PoolOf(Session session, Request request) =>
        (request.PoolId, request.Section, request.Capacity) switch
        {
            _ when request is { PoolName: not null, Capacity: null } => throw ProblemException.Invalid(
                "poolName",
                "Only of a pool that is made: give capacity."
            ),
            ({ } poolId, null, null) => session.Pools.SingleOrDefault(p => p.Id == poolId)
                ?? throw ProblemException.Invalid("poolId", "Not a pool of this session."),
            (null, { } section, null) => session.Pools.SingleOrDefault(p =>
                p.SectionId is not null && p.Name.Equals(section.Trim(), StringComparison.OrdinalIgnoreCase)
            ) ?? throw ProblemException.Invalid("section", "Not a section of this session."),
            (null, null, { } capacity) => session.AddPool(
                "name",
                session.FreePoolName(request.PoolName ?? request.Name),
                capacity
            ),
            _ => throw ProblemException.Invalid("poolId", "Give exactly one of poolId, section and capacity."),
        };
}
