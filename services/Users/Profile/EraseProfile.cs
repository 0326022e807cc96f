using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Factors;
using Ticketing.Users.OpenId;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Profile;

public static class EraseProfile
{
    /// <param name="Password">Confirms that it is the person who asks.</param>
    public sealed record Request([property: DataType(DataType.Password)] string Password);

    /// <summary>Erases the account (LGPD, art. 18): nothing that tells who it was remains. Cannot be undone.</summary>
    /// <remarks>
    /// Other services keep only what the law obliges them to (tax and payment records). 403 <c>wrong-password</c>;
    /// 429 <c>too-many-attempts</c> with <c>Retry-After</c>.
    /// </remarks>
    internal static async Task<NoContent> HandleWithPassword(
        [FromBody] Request request,
        ClaimsPrincipal me,
        Actor actor,
        UsersDb db,
        PasswordCheck check,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct
    )
    {
        await check.ConfirmAsync(me.UserId(), request.Password, http, ct);
        return await Handle(me, actor, db, clock, ct);
    }

    /// <summary>Erases the profile (LGPD, art. 18): nothing that tells who it was remains. Cannot be undone.</summary>
    /// <remarks>The account at the identity provider is to be erased there.</remarks>
    internal static Task<NoContent> Handle(
        ClaimsPrincipal me,
        Actor actor,
        UsersDb db,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        db.InTransactionAsync(
            async token =>
            {
                var user = await db.LockAsync(me.UserId(), token) ?? throw ProblemException.NotFound("profile");
                var now = clock.NowAsStored();
                user.Erase(now);
                await SecondFactors.DropAsync(db, user, token);
                db.Publish(new UserErased(user.Id, now));
                db.Record(actor.Did("user.erased", null, user.Id));
                await db.EndSessionsAsync(user.Id, token);
                await db.AccountMails.Where(m => m.UserId == user.Id).ExecuteDeleteAsync(token);
                await ProviderTables.DeleteOfAsync(db, user.Id, token);
                return TypedResults.NoContent();
            },
            ct
        );
}
