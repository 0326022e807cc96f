using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Profile;

internal static class ProfileRoutes
{
    public static void MapProfile(this WebApplication app, bool embedded)
    {
        var me = app.MapGroup("/api/v1/me").WithTags("Me").ProducesProblem(401).ProducesProblem(404);
        if (embedded)
        {
            me.MapGet("", GetProfile.Handle).Rehearsed().WithName("GetProfile");
            me.MapPut("/password", ChangePassword.Handle)
                .ProducesProblem(403)
                .ProducesValidationProblem(422)
                .ProducesProblem(429)
                .WithName("ChangePassword");
            me.MapPost("/email", ChangeAddress.Handle)
                .ProducesValidationProblem()
                .ProducesProblem(403)
                .ProducesValidationProblem(422)
                .ProducesProblem(429)
                .WithName("ChangeAddress");
            me.MapPost("/email/verification", AskToVerify.Handle)
                .ProducesProblem(409)
                .ProducesProblem(429)
                .WithName("AskToVerifyAddress");
            me.MapPost("/email/confirmation", ConfirmCode.Handle)
                .ProducesValidationProblem()
                .ProducesProblem(409)
                .ProducesValidationProblem(422)
                .WithName("ConfirmAddress");
            me.MapGet("/sessions", ListSessions.Handle).WithName("ListMySessions");
            me.MapDelete("/sessions", MySessions.EndAll).WithName("EndSessions");
            me.MapDelete("/sessions/{id:guid}", MySessions.End).WithName("EndSession");
            me.MapDelete("", EraseProfile.HandleWithPassword)
                .ProducesProblem(403)
                .ProducesProblem(429)
                .WithName("EraseProfile");
        }
        else
        {
            me.MapGet("", GetProfile.HandleExternal).ProducesProblem(403).WithName("GetProfile");
            me.MapDelete("", EraseProfile.Handle).WithName("EraseProfile");
        }
        me.MapPatch("", EditProfile.Handle)
            .ProducesValidationProblem()
            .ProducesProblem(409)
            .ProducesProblem(412)
            .ProducesValidationProblem(422)
            .WithName("EditProfile");
        me.MapGet("/consents", GetConsents.Handle).WithName("GetConsents");
        me.MapPut("/consents", PutConsents.Handle)
            .ProducesValidationProblem()
            .ProducesValidationProblem(422)
            .WithName("PutConsents");
        me.MapGet("/export", ExportProfile.Handle)
            .Produces(200, contentType: "application/zip")
            .ProducesProblem(503)
            .WithName("ExportProfile");
    }
}
