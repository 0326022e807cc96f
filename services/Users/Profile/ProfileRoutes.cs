namespace Ticketing.Users.Profile;

internal static class ProfileRoutes
{
    public static void MapProfile(this WebApplication app, bool embedded)
    {
        var me = app.MapGroup("/api/v1/me").WithTags("Me").ProducesProblem(401).ProducesProblem(404);
        if (embedded)
        {
            me.MapGet("", GetProfile.Handle).WithName("GetProfile");
            me.MapPut("/password", ChangePassword.Handle)
                .ProducesProblem(403)
                .ProducesValidationProblem(422)
                .ProducesProblem(429)
                .WithName("ChangePassword");
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
        me.MapGet("/export", ExportProfile.Handle).WithName("ExportProfile");
    }
}
