using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Sessions;

internal static class SessionRoutes
{
    public static void AddSessions(this IServiceCollection services)
    {
        services.AddEventsPull(
            (scope, change, ct) =>
            {
                var db = scope.GetRequiredService<ProductsDb>();
                return db.InTransactionAsync(token => ApplyAsync(change, db, token), ct);
            }
        );
        services.AddTeamMembersPull<ProductsDb>();
    }

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapEvent<ProductsDb, EventPublished>(
            (EventPublished e, ProductsDb db, CancellationToken ct) => OnEventChanged.Handle(e.Event, db, ct)
        );
        routes.MapEvent<ProductsDb, EventChanged>(
            (EventChanged e, ProductsDb db, CancellationToken ct) => OnEventChanged.Handle(e.Event, db, ct)
        );
        routes.MapEvent<ProductsDb, EventCancelled>(OnEventCancelled.Handle);
    }

    private static async Task<bool> ApplyAsync(EventChange change, ProductsDb db, CancellationToken ct)
    {
        if (change.Event is { } told)
            await OnEventChanged.Handle(told, db, ct);
        if (change.Cancelled is { } cancelled)
            await OnEventCancelled.Handle(cancelled, db, ct);
        return true;
    }
}
