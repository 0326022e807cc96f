using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Catalog;

internal static class CatalogRoutes
{
    public static void AddCatalog(this IServiceCollection services)
    {
        services.AddSingleton<AnswerCache>();
        services.AddEventsPull(ApplyAsync);
        services.AddTeamMembersPull<TicketsDb>();
    }

    public static void MapCatalog(this WebApplication app)
    {
        // Not in the inbox: versions tell what is new, and seats are asked for before the transaction.
        app.MapEvent<EventPublished>(
            (EventPublished e, TicketsDb db, Peers peers, CancellationToken ct) =>
                ApplySnapshot.Handle(e.Event, db, peers, ct)
        );
        app.MapEvent<EventChanged>(
            (EventChanged e, TicketsDb db, Peers peers, CancellationToken ct) =>
                ApplySnapshot.Handle(e.Event, db, peers, ct)
        );
        app.MapEvent<TicketsDb, EventCancelled>(OnEventCancelled.Handle);

        app.MapGet("/api/v1/events/{id:guid}/capacity", GetCapacity.Handle)
            .WithTags("Sessions")
            .WithName("GetCapacity")
            .ProducesProblem(StatusCodes.Status404NotFound);
        var sessions = app.MapGroup("/api/v1/sessions").AllowAnonymous().WithTags("Sessions");
        sessions
            .MapGet("/{id:guid}/availability", GetAvailability.Handle)
            .Rehearsed()
            .WithName("GetAvailability")
            .Produces<GetAvailability.Response>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
        sessions
            .MapGet("/{id:guid}/seats", GetSeats.Handle)
            .Rehearsed()
            .WithName("GetSeats")
            .Produces<GetSeats.Response>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task ApplyAsync(IServiceProvider scope, EventChange change, CancellationToken ct)
    {
        var db = scope.GetRequiredService<TicketsDb>();
        if (change.Event is { } told)
            await ApplySnapshot.Handle(told, db, scope.GetRequiredService<Peers>(), ct);
        if (change.Cancelled is { } cancelled)
            await db.InTransactionAsync(
                async token =>
                {
                    await OnEventCancelled.Handle(cancelled, db, token);
                    return true;
                },
                ct
            );
    }
}
