using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

internal static class CatalogRoutes
{
    public static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        var events = routes
            .MapGroup("/api/v1/events")
            .WithTags("Events")
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesProblem(422);
        events.MapPost("/", CreateEvent.Handle).WithName("CreateEvent").WithIdempotency();
        events.MapPatch("/{id:guid}", EditEvent.Handle).WithName("EditEvent").ProducesProblem(412);
        events.MapDelete("/{id:guid}", DeleteEvent.Handle).WithName("DeleteEvent");
        events.MapPost("/{id:guid}/publish", PublishEvent.Handle).WithName("PublishEvent");
        events.MapPost("/{id:guid}/cancel", CancelEvent.Handle).WithName("CancelEvent");
        events.MapPost("/{id:guid}/sessions", AddSession.Handle).WithName("AddSession").WithIdempotency();
        routes
            .MapGet("/api/v1/organizers/{id:guid}/events", ListOrganizerEvents.Handle)
            .WithTags("Events")
            .WithName("ListOrganizerEvents")
            .ProducesProblem(404)
            .ProducesProblem(422);

        var sessions = routes
            .MapGroup("/api/v1/sessions/{id:guid}")
            .WithTags("Sessions")
            .ProducesProblem(404)
            .ProducesProblem(409);
        sessions.MapPatch("/", EditSession.Handle).WithName("EditSession").ProducesProblem(412).ProducesProblem(422);
        sessions.MapDelete("/", RemoveSession.Handle).WithName("RemoveSession");
        sessions.MapPost("/pools", AddPool.Handle).WithName("AddPool").ProducesProblem(422).WithIdempotency();
        sessions
            .MapPatch("/pools/{poolId:guid}", EditPool.Handle)
            .WithName("EditPool")
            .ProducesProblem(412)
            .ProducesProblem(422);
        sessions.MapDelete("/pools/{poolId:guid}", RemovePool.Handle).WithName("RemovePool");
        sessions
            .MapPost("/ticket-types", AddTicketType.Handle)
            .WithName("AddTicketType")
            .ProducesProblem(422)
            .WithIdempotency();

        var types = routes.MapGroup("/api/v1/ticket-types/{id:guid}").WithTags("Sessions").ProducesProblem(404);
        types.MapGet("/", GetTicketType.Handle).WithName("GetTicketType").AllowAnonymous();
        types
            .MapPatch("/", EditTicketType.Handle)
            .WithName("EditTicketType")
            .ProducesProblem(409)
            .ProducesProblem(412)
            .ProducesProblem(422);
        types.MapDelete("/", RemoveTicketType.Handle).WithName("RemoveTicketType").ProducesProblem(409);

        routes.MapInternal().MapGet("/events/{id:guid}", FindOrganizer.Handle).Rehearsed();
        routes.MapInternal().MapGet("/sessions/{id:guid}", FindSession.Handle);
    }
}
