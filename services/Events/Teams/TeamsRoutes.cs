using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

internal static class TeamsRoutes
{
    public static void MapTeams(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1/organizers").WithTags("Organizers");
        api.MapPost("/", CreateOrganizer.Handle).WithName("CreateOrganizer").ProducesProblem(409).WithIdempotency();
        api.MapGet("/", ListOrganizers.Handle).WithName("ListOrganizers");
        api.MapGet("/{id:guid}", GetOrganizer.Handle).WithName("GetOrganizer").AllowAnonymous().ProducesProblem(404);
        api.MapPatch("/{id:guid}", EditOrganizer.Handle)
            .WithName("EditOrganizer")
            .ProducesProblem(404)
            .ProducesProblem(412);

        var members = api.MapGroup("/{id:guid}/members").ProducesProblem(404);
        members.MapGet("/", ListMembers.Handle).WithName("ListMembers");
        members.MapPost("/", AddMember.Handle).WithName("AddMember").ProducesProblem(409).ProducesProblem(422);
        members.MapPut("/{userId:guid}", SetMember.Handle).WithName("SetMember").ProducesProblem(409);
        members.MapDelete("/{userId:guid}", RemoveMember.Handle).WithName("RemoveMember").ProducesProblem(409);

        routes.MapInternal().MapGet("/exports/{id:guid}", ExportPerson.Handle);
        routes.MapEvent<EventsDb, UserErased>(OnUserErased.Handle);
    }
}
