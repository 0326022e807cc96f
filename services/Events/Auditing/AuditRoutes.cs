using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Auditing;

internal static class AuditRoutes
{
    public static void MapAuditing(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/v1/organizers/{id:guid}/audit-log", ListAuditLog.OfOrganizer)
            .WithTags("Organizers")
            .WithName("ListOrganizerAuditLog")
            .ProducesProblem(404);
        routes
            .MapGet("/api/v1/organizers/{id:guid}/audit-log/export", ExportAuditLog.OfOrganizer)
            .WithTags("Organizers")
            .WithName("ExportOrganizerAuditLog")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv")
            .ProducesProblem(404);
        routes
            .MapGet("/api/v1/audit-log/export", ExportAuditLog.OfPlatform)
            .RequireAuthorization(Auth.Admin)
            .WithTags("Organizers")
            .WithName("ExportAuditLog")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv")
            .ProducesProblem(403);
        routes
            .MapGet("/api/v1/audit-log", ListAuditLog.OfPlatform)
            .RequireAuthorization(Auth.Admin)
            .WithTags("Organizers")
            .WithName("ListAuditLog")
            .ProducesProblem(403);

        // Its own acts come the same way as everybody else's.
        routes.MapEvent<EventsDb, ActRecorded>(
            (ActRecorded act, EventsDb db) =>
            {
                db.Add(AuditEntry.Of(act));
            }
        );
    }
}
