using Ticketing.Events.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Browsing;

internal static class BrowsingRoutes
{
    public static void MapBrowsing(this IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup("/api/v1/events").WithTags("Events").AllowAnonymous();
        events
            .MapGet("/", BrowseEvents.Handle)
            .Rehearsed()
            .WithName("BrowseEvents")
            .Produces<Page<EventSummary>>()
            .Produces(StatusCodes.Status304NotModified);
        events
            .MapGet("/{id}", GetEvent.Handle)
            .Rehearsed()
            .WithName("GetEvent")
            .Produces<EventView>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(404);
        events
            .MapGet("/{id:guid}/sessions", ListSessions.Handle)
            .Rehearsed()
            .WithName("ListSessions")
            .ProducesProblem(404);
        routes
            .MapGet("/api/v1/sessions/{id:guid}", GetSession.Handle)
            .Rehearsed()
            .WithTags("Sessions")
            .WithName("GetSession")
            .ProducesProblem(404)
            .AllowAnonymous();
        routes
            .MapGet("/api/v1/sessions/{id:guid}/calendar", GetCalendar.Handle)
            .WithTags("Sessions")
            .WithName("GetCalendar")
            .Produces(StatusCodes.Status200OK, contentType: "text/calendar")
            .ProducesProblem(404)
            .AllowAnonymous();
    }
}
