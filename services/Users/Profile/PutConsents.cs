using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Profile;

public static class PutConsents
{
    /// <param name="Consents">All that the person agrees to: a purpose that is not named is withdrawn.</param>
    public sealed record Request(
        [property: MaxLength(ConsentRecord.MaxPurposes)] IReadOnlyList<ConsentChoice> Consents
    );

    /// <summary>Sets the consents; every change is logged with its time.</summary>
    internal static Task<Ok<ConsentsView>> Handle(
        Request request,
        ClaimsPrincipal me,
        UsersDb db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var choices = ConsentChoice.Check(request.Consents).ToDictionary(c => c.Purpose);
        return db.InTransactionAsync(
            async token =>
            {
                var user = await db.LockAsync(me.UserId(), token) ?? throw ProblemException.NotFound("profile");
                var current = (await ConsentsView.CurrentAsync(db, user.Id, token)).ToDictionary(
                    c => c.Purpose,
                    c => c.Granted
                );
                var now = clock.NowAsStored();
                foreach (var purpose in Enum.GetValues<ConsentPurpose>())
                {
                    var choice = choices.GetValueOrDefault(purpose) ?? new ConsentChoice(purpose, false);
                    if (choice.Granted != current.GetValueOrDefault(purpose))
                        db.AddConsent(user.Id, choice, now);
                }
                await db.SaveChangesAsync(token);
                return TypedResults.Ok(await ConsentsView.ReadAsync(db, user.Id, token));
            },
            ct
        );
    }
}
