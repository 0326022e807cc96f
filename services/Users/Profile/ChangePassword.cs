using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;
using Ticketing.Users.Mails;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Profile;

public static class ChangePassword
{
    /// <param name="CurrentPassword">The password until now.</param>
    /// <param name="NewPassword">10 to 128 characters; common passwords are refused.</param>
    public sealed record Request(
        [property: DataType(DataType.Password)] string CurrentPassword,
        [property: DataType(DataType.Password)] string NewPassword
    );

    /// <summary>Changes the password and ends all sessions.</summary>
    /// <remarks>
    /// 403 <c>wrong-password</c>; 422 when the new one is not acceptable; 429 <c>too-many-attempts</c> with
    /// <c>Retry-After</c>.
    /// </remarks>
    internal static async Task<NoContent> Handle(
        Request request,
        ClaimsPrincipal me,
        UsersDb db,
        PasswordCheck check,
        PasswordHasher hasher,
        PasswordRules rules,
        MailSignal signal,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct
    )
    {
        var known = await check.ConfirmAsync(me.UserId(), request.CurrentPassword, http, ct);
        await rules.CheckAsync(request.NewPassword, known.Email, "newPassword", ct);
        var hash = await hasher.HashAsync(request.NewPassword, ct);
        await db.InTransactionAsync(
            async token =>
            {
                var user = await db.LockAsync(known.Id, token);
                // Changed or erased by another request in between: its password was not the one that was confirmed.
                if (user?.Stamp != known.Stamp)
                    throw PasswordCheck.Wrong();
                user.ChangePassword(hash);
                db.Add(AccountMail.To(user, MailKind.PasswordChanged, clock.NowAsStored()));
                await db.EndSessionsAsync(user.Id, token);
                return true;
            },
            ct
        );
        signal.Pulse();
        return TypedResults.NoContent();
    }
}
