using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

internal static class AccountRoutes
{
    public static void MapAccounts(this WebApplication app, bool embedded)
    {
        var users = app.MapGroup("/api/v1/users").WithTags("Users");
        if (embedded)
        {
            // No Idempotency-Key: the address is the natural key, and what is kept of a body would tell of its password.
            users
                .MapPost("", RegisterUser.Handle)
                // A password that everybody has is refused.
                .Rehearsed("""{ "email": "nobody@example.com", "password": "password", "name": "Ninguém" }""")
                .AllowAnonymous()
                .ProducesValidationProblem()
                .ProducesValidationProblem(422)
                .ProducesProblem(429)
                .WithName("RegisterUser");
            var reset = users.MapGroup("/password-reset").AllowAnonymous();
            reset
                .MapPost("", AskForPasswordReset.Handle)
                .ProducesValidationProblem()
                .ProducesValidationProblem(422)
                .WithName("AskForPasswordReset");
            reset
                .MapPut("", SetPassword.Handle)
                .ProducesValidationProblem()
                .ProducesValidationProblem(422)
                .WithName("SetPassword");
        }
        var admin = users.MapGroup("").RequireAuthorization(Auth.Admin).ProducesProblem(403);
        admin.MapGet("", ListUsers.Handle).ProducesValidationProblem().WithName("ListUsers");
        admin.MapGet("/{id:guid}", GetUser.Handle).ProducesProblem(404).WithName("GetUser");
        // An external provider's tokens bring the roles along.
        if (embedded)
            admin
                .MapPut("/{id:guid}/roles", SetRoles.Handle)
                .ProducesValidationProblem()
                .ProducesProblem(404)
                .ProducesValidationProblem(422)
                .WithName("SetUserRoles");

        var api = app.MapInternal();
        api.MapGet("/users/{id:guid}", FindUser.ById).Rehearsed();
        api.MapGet("/users/several", FindUser.Several);
    }
}
