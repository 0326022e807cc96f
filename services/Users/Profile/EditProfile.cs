using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.Profile;

public static class EditProfile
{
    /// <summary>What is absent stays as it is, also a name or language that is null.</summary>
    /// <param name="Name">Up to 120 characters.</param>
    /// <param name="Cpf">Brazilian taxpayer number, with or without punctuation; unique.</param>
    /// <param name="Locale"><c>pt-BR</c> or <c>en</c>.</param>
    public sealed record Request(
        [property: MaxLength(User.MaxName)] string? Name = null,
        Clearable<string>? Cpf = null,
        [property: MaxLength(User.MaxLocale)] string? Locale = null
    );

    /// <summary>Changes the profile.</summary>
    /// <remarks>
    /// A CPF is taken with or without punctuation, and is one person's. 409 <c>cpf-taken</c>; 412 when
    /// <c>If-Match</c> names another version than the profile has; 422 names the field.
    /// </remarks>
    /// <param name="ifMatch">The ETag of the profile that the change is meant for.</param>
    internal static Task<Ok<ProfileView>> Handle(
        Request request,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        ClaimsPrincipal me,
        UsersDb db,
        IOptions<UsersOptions> options,
        PersonalDataProtector protector,
        HttpResponse response,
        CancellationToken ct
    ) =>
        db.InTransactionAsync(
            async token =>
            {
                var user = await db.LockAsync(me.UserId(), token) ?? throw ProblemException.NotFound("profile");
                ETag.Require(ifMatch, user.Version);
                if (request.Name is not null)
                    user.Name = PersonName.Parse(request.Name);
                if (request.Locale is not null)
                    user.Locale = Locales.Parse(request.Locale);
                if (request.Cpf is { } cpf)
                    await user.SetCpfAsync(cpf.Value, db, protector, token);
                user.Version++;
                await db.SavePersonAsync(token);
                return TypedResults.Ok(
                    await ProfileView.OfAsync(
                        user,
                        options.Value.Provider == IdentityProvider.Embedded ? user.Roles : me.Roles(),
                        protector,
                        response,
                        token
                    )
                );
            },
            ct
        );
}
