using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Catalog;

internal static class CatalogRoutes
{
    public static void AddCatalog(this IServiceCollection services) => services.AddSingleton<AnswerCache>();

    public static void MapCatalog(this WebApplication app)
    {
        // Not in the inbox: the event's version tells what is new, and seats are asked for before the transaction.
        app.MapEvent<EventPublished>(ApplySnapshot.OnPublished);
        app.MapEvent<EventChanged>(ApplySnapshot.OnChanged);
        app.MapEvent<TicketsDb, EventCancelled>(OnEventCancelled.Handle);

        var sessions = app.MapGroup("/api/v1/sessions").AllowAnonymous().WithTags("Sessions");
        sessions
            .MapGet("/{id:guid}/availability", GetAvailability.Handle)
            .WithName("GetAvailability")
            .Produces<GetAvailability.Response>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
        sessions
            .MapGet("/{id:guid}/seats", GetSeats.Handle)
            .WithName("GetSeats")
            .Produces<GetSeats.Response>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }
}
