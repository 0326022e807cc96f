using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

public static class EditTicketType
{
    public sealed record Request(
        [Text(TicketType.MaxNameLength)] string? Name = null,
        TicketKind? Kind = null,
        Money? Price = null,
        Clearable<DateTimeOffset?>? SalesStart = null,
        Clearable<DateTimeOffset?>? SalesEnd = null,
        [Range(1, TicketType.MaxMaxPerOrder)] int? MaxPerOrder = null
    );

    /// <summary>Changes a ticket type. What is held or sold already keeps its price.</summary>
    internal static async Task<Ok<TicketTypeView>> Handle(
        Guid id,
        Request request,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        IOptions<EventsOptions> options,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var type = await db.EditTicketTypeAsync(
            user,
            id,
            (e, _, type) =>
            {
                ETag.Require(ifMatch, type.Version);
                var before = type.Price;
                type.Name = request.Name?.Trim() ?? type.Name;
                type.Kind = request.Kind ?? type.Kind;
                type.MaxPerOrder = request.MaxPerOrder ?? type.MaxPerOrder;
                type.Priced(request.Price ?? type.Price, e.Organizer.Fee)
                    .OnSale(request.SalesStart.Or(type.SalesStart), request.SalesEnd.Or(type.SalesEnd));
                e.CheckCurrency("price.currency", type.Price.Currency, except: type);
                if (type.Price != before)
                    options.Value.RequirePayable("price", type.Price);
                type.Advance();
                if (type.Price != before)
                    db.Record(
                        actor.Did(
                            "ticket-type.price-changed",
                            e.OrganizerId,
                            id,
                            null,
                            ("priceBefore", Prices.Text(before)),
                            ("priceAfter", Prices.Text(type.Price))
                        )
                    );
                return type;
            },
            ct
        );
        response.SetETag(type.Version);
        return TypedResults.Ok(TicketTypeView.Of(type));
    }
}
