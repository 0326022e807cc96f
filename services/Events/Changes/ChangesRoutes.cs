using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Changes;

/// <summary>For the services that keep copies: what they missed.</summary>
internal static class ChangesRoutes
{
    public static void MapChanges(this IEndpointRouteBuilder routes)
    {
        var changes = routes.MapInternal().MapGroup("/changes");
        changes.MapGet("/events", ListEventChanges.Handle);
        changes.MapGet("/team-members", ListTeamMemberChanges.Handle);
    }
}
