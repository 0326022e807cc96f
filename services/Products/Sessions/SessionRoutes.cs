using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Sessions;

internal static class SessionRoutes
{
    public static void AddSessions(this IServiceCollection services)
    {
        services.AddPull(
            "events",
            (peers, after, ct) =>
                peers.GetAsync<ChangePage<EventChange>>(AppIds.Events, $"internal/changes/events?after={after}", ct),
            (scope, change, ct) =>
            {
                var db = scope.GetRequiredService<ProductsDb>();
                return db.InTransactionAsync(token => ApplyAsync(change, db, token), ct);
            }
        );
        services.AddPull(
            "team members",
            (peers, after, ct) =>
                peers.GetAsync<ChangePage<TeamMemberChanged>>(
                    AppIds.Events,
                    $"internal/changes/team-members?after={after}",
                    ct
                ),
            (scope, change, ct) => scope.GetRequiredService<ProductsDb>().ApplyAsync(change, ct)
        );
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
