using Microsoft.AspNetCore.Mvc;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Venues;

internal static class VenuesRoutes
{
    public static void MapVenues(this IEndpointRouteBuilder routes)
    {
        var venues = routes.MapGroup("/api/v1/venues").WithTags("Venues").ProducesProblem(404);
        venues
            .MapPost("/", CreateVenue.Handle)
            .WithName("CreateVenue")
            .ProducesProblem(409)
            .ProducesProblem(422)
            .WithIdempotency();
        venues.MapGet("/", ListVenues.Handle).WithName("ListVenues");
        venues.MapGet("/{id:guid}", GetVenue.Handle).WithName("GetVenue");
        venues.MapPatch("/{id:guid}", EditVenue.Handle).WithName("EditVenue").ProducesProblem(412).ProducesProblem(422);
        venues
            .MapPost("/{id:guid}/seat-maps", CreateSeatMap.Handle)
            .WithName("CreateSeatMap")
            .WithMetadata(new RequestSizeLimitAttribute(SeatLayout.MaxBodyBytes))
            .ProducesProblem(409)
            .ProducesProblem(422)
            .WithIdempotency();
        venues.MapGet("/{id:guid}/seat-maps", ListSeatMaps.Handle).WithName("ListSeatMaps");

        var maps = routes.MapGroup("/api/v1/seat-maps").WithTags("Venues").ProducesProblem(404);
        maps.MapGet("/{id:guid}", GetSeatMap.Handle)
            .WithName("GetSeatMap")
            .Produces<SeatMapView>()
            .Produces(304)
            .AllowAnonymous();
        maps.MapPut("/{id:guid}", ReplaceSeatMap.Handle)
            .WithName("ReplaceSeatMap")
            .WithMetadata(new RequestSizeLimitAttribute(SeatLayout.MaxBodyBytes))
            .ProducesProblem(409)
            .ProducesProblem(412)
            .ProducesProblem(422);

        routes.MapInternal().MapGet("/seat-maps/{id:guid}", GetSeatMap.HandleInternal);
    }
}
