using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Sessions;

internal static class SessionRoutes
{
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

    /// <summary>True when this version is newer than all that were applied; it is then the newest.</summary>
    public static async Task<bool> AdvanceAsync(this ProductsDb db, Guid eventId, long version, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO event_versions (id, version) VALUES ({eventId}, {version})
            ON CONFLICT (id) DO UPDATE SET version = excluded.version
            WHERE event_versions.version < excluded.version
            """,
            ct
        ) == 1;
}
