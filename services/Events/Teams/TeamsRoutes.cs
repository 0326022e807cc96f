using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

internal static class TeamsRoutes
{
    public static string PathOf(Invitation i) => $"/api/v1/organizers/{i.OrganizerId}/invitations/{i.Id}";

    /// <summary>Where people answer it.</summary>
    public static string PageOf(Invitation i) => $"/convites/{i.OrganizerId}/{i.Id}";

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

        api.MapGet("/awaiting-approval", ApproveOrganizer.List)
            .RequireAuthorization(Auth.Admin)
            .WithName("ListOrganizersAwaitingApproval")
            .ProducesProblem(403);
        api.MapGet("/search", ApproveOrganizer.Find)
            .RequireAuthorization(Auth.Admin)
            .WithName("SearchOrganizers")
            .ProducesProblem(403)
            .ProducesProblem(422);
        api.MapPut("/{id:guid}/refusal", ApproveOrganizer.Refuse)
            .RequireAuthorization(Auth.Admin)
            .WithName("RefuseOrganizer")
            .ProducesProblem(403)
            .ProducesProblem(404);
        var approval = api.MapGroup("/{id:guid}/approval")
            .RequireAuthorization(Auth.Admin)
            .ProducesProblem(403)
            .ProducesProblem(404);
        approval.MapPut("/", ApproveOrganizer.Approve).WithName("ApproveOrganizer");
        approval.MapDelete("/", ApproveOrganizer.Withdraw).WithName("WithdrawApproval");

        var fee = api.MapGroup("/{id:guid}/fee").ProducesProblem(403).ProducesProblem(404);
        fee.MapGet("/", Fees.Get).WithName("GetFee");
        fee.MapPut("/", Fees.SetTerms).RequireAuthorization(Auth.Admin).WithName("SetFee");
        fee.MapPut("/bearer", Fees.SetBearer).WithName("SetFeeBearer");

        var members = api.MapGroup("/{id:guid}/members").ProducesProblem(404);
        members.MapGet("/", ListMembers.Handle).WithName("ListMembers");
        members.MapPut("/{userId:guid}", SetMember.Handle).WithName("SetMember").ProducesProblem(409);
        members.MapDelete("/{userId:guid}", RemoveMember.Handle).WithName("RemoveMember").ProducesProblem(409);

        var invitations = api.MapGroup("/{id:guid}/invitations").ProducesProblem(404);
        invitations
            .MapPost("/", InviteMember.Handle)
            .WithName("InviteMember")
            .ProducesProblem(409)
            .ProducesProblem(422)
            .ProducesProblem(429)
            .WithIdempotency();
        invitations.MapGet("/", ListInvitations.Handle).WithName("ListInvitations");
        invitations.MapGet("/{invitationId:guid}", GetInvitation.Handle).WithName("GetInvitation");
        invitations
            .MapDelete("/{invitationId:guid}", WithdrawInvitation.Handle)
            .WithName("WithdrawInvitation")
            .ProducesProblem(409);
        invitations
            .MapPost("/{invitationId:guid}/accept", AnswerInvitation.Accept)
            .WithName("AcceptInvitation")
            .ProducesProblem(409);
        invitations
            .MapPost("/{invitationId:guid}/decline", AnswerInvitation.Decline)
            .WithName("DeclineInvitation")
            .ProducesProblem(409);

        routes.MapInternal().MapGet("/exports/{id:guid}", ExportPerson.Handle);
        routes.MapEvent<EventsDb, UserErased>(OnUserErased.Handle);
    }
}
