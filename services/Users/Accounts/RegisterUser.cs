using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Profile;

namespace Ticketing.Users.Accounts;

public static class RegisterUser
{
    /// <summary>A new account.</summary>
    /// <param name="Email">Also the login; unique, whatever the case.</param>
    /// <param name="Password">10 to 128 characters; the commonest passwords are refused.</param>
    /// <param name="Name">As it shall stand on tickets; up to 120 characters.</param>
    /// <param name="Cpf">Brazilian taxpayer number, with or without punctuation; unique.</param>
    /// <param name="Locale">Language of mails: <c>pt-BR</c> (default) or <c>en</c>.</param>
    /// <param name="Consents">What the person agrees to; can be changed at any time.</param>
    public sealed record Request(
        [property: MaxLength(EmailAddress.MaxLength)] string Email,
        [property: DataType(DataType.Password)] string Password,
        [property: MaxLength(User.MaxName)] string Name,
        [property: MaxLength(20)] string? Cpf = null,
        [property: MaxLength(User.MaxLocale)] string? Locale = null,
        [property: MaxLength(ConsentRecord.MaxPurposes)] IReadOnlyList<ConsentChoice>? Consents = null
    );

    /// <summary>Registers a person.</summary>
    /// <remarks>
    /// 409 <c>email-taken</c> or <c>cpf-taken</c> when another account has them; 422 names the field that is not
    /// acceptable.
    /// </remarks>
    internal static async Task<Created<ProfileView>> Handle(
        Request request,
        UsersDb db,
        PasswordHasher hasher,
        PersonalDataProtector protector,
        IOptions<UsersOptions> options,
        TimeProvider clock,
        HttpResponse response,
        CancellationToken ct
    )
    {
        if (!EmailAddress.TryNormalize(request.Email, out var email))
            throw ProblemException.Invalid("email", "This is not an e-mail address.");
        PasswordRules.Check(request.Password, email);
        var now = clock.NowAsStored();
        var user = new User
        {
            Email = email,
            Name = PersonName.Parse(request.Name),
            Locale = Locales.Parse(request.Locale),
            CreatedAt = now,
        };
        await user.SetCpfAsync(request.Cpf, protector, ct);
        if (options.Value.PasswordGrant && options.Value.Admins.Any(a => IsAddress(a, email)))
            user.Roles = [Auth.Admin];
        var consents = ConsentChoice.Check(request.Consents ?? []);
        user.PasswordHash = await hasher.HashAsync(request.Password, ct);

        db.Add(user);
        db.AddRange(consents.Where(c => c.Granted).Select(c => new ConsentRecord(user.Id, c, now)));
        db.Publish(new UserRegistered(user.Id, email, user.Name, user.Locale, now));
        try
        {
            await db.SavePersonAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation(User.PrimaryKey))
        {
            // Nobody else knows this id: the connection broke after a commit, and the save was tried once more.
        }
        return TypedResults.Created("/api/v1/me", await ProfileView.OfAsync(user, protector, response, ct));
    }

    private static bool IsAddress(string configured, string email) =>
        EmailAddress.TryNormalize(configured, out var address) && address == email;
}
