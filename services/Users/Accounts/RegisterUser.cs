using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Mails;
using Ticketing.Users.Profile;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Accounts;

public static class RegisterUser
{
    private static readonly TimeSpan RegistrationWindow = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    /// <summary>A new account.</summary>
    /// <param name="Email">Also the login; unique, whatever the case.</param>
    /// <param name="Password">10 to 128 characters; common passwords are refused.</param>
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

    /// <summary>What becomes of the registration is told by mail.</summary>
    /// <param name="Email">Where the mail goes.</param>
    public sealed record Response(string Email);

    /// <summary>Registers a person.</summary>
    /// <remarks>
    /// The answer is the same when there is such an account already, and when the CPF belongs to another one: the mail
    /// tells. The account can be used at once; what is sent to its address only once the mail's link or code is
    /// confirmed. 422 names the field that is not acceptable. 429 <c>too-many-attempts</c> with <c>Retry-After</c>: too many from
    /// this network.
    /// </remarks>
    internal static async Task<Accepted<Response>> Handle(
        Request request,
        UsersDb db,
        PasswordHasher hasher,
        PasswordRules rules,
        PersonalDataProtector protector,
        Attempts attempts,
        MailSignal signal,
        IOptions<UsersOptions> options,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (!EmailAddress.TryNormalize(request.Email, out var email))
            throw ProblemException.Invalid("email", "This is not an e-mail address.");
        await rules.CheckAsync(request.Password, email, "password", ct);
        var now = clock.NowAsStored();
        var trusted = options.Value.TrustedDomains.Any(d => email.EndsWith(d, StringComparison.OrdinalIgnoreCase));
        var user = new User
        {
            Email = email,
            EmailVerifiedAt = trusted ? now : null,
            Name = PersonName.Parse(request.Name),
            Locale = Locales.Parse(request.Locale),
            CreatedAt = now,
        };
        await user.SetCpfAsync(request.Cpf, db, protector, ct);
        if (options.Value.Admins.Any(a => IsAddress(a, email)))
            user.Roles = [Auth.Admin];
        var consents = ConsentChoice.Check(request.Consents ?? []);
        // Before the costly part; a known address counts, too, or trying them out would be free.
        await attempts.CountAsync(
            Attempts.Key("register", ClientNetwork.Of(ClientNetwork.AddressOf(http))),
            new(options.Value.ClientRegistrations, RegistrationWindow, LongestWait),
            ct
        );
        user.PasswordHash = await hasher.HashAsync(request.Password, ct);

        db.Add(user);
        foreach (var consent in consents.Where(c => c.Granted))
            db.AddConsent(user.Id, consent, now);
        if (!await SaveAsync(user, MailKind.Welcome, trusted, now, db, ct))
            await TellOwnerAsync(email, now, db, attempts, ct);
        signal.Pulse();
        return TypedResults.Accepted((string?)null, new Response(email));
    }

    /// <returns>False when there is such an account.</returns>
    private static async Task<bool> SaveAsync(
        User user,
        MailKind kind,
        bool trusted,
        DateTimeOffset now,
        UsersDb db,
        CancellationToken ct
    )
    {
        var mail = trusted ? null : db.Add(AccountMail.To(user, kind, now));
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation(User.EmailIndex))
        {
            return false;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation(User.PrimaryKey))
        {
            // Nobody else knows this id: the connection broke after a commit, and the save was tried once more.
            return true;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation(User.CpfUniqueIndex))
        {
            (user.Cpf, user.CpfIndex) = (null, null);
            if (mail is not null)
                mail.State = EntityState.Detached;
            return await SaveAsync(user, MailKind.WelcomeWithoutCpf, false, now, db, ct);
        }
    }

    private static async Task TellOwnerAsync(
        string email,
        DateTimeOffset now,
        UsersDb db,
        Attempts attempts,
        CancellationToken ct
    )
    {
        db.ChangeTracker.Clear();
        var owner = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Email == email, ct);
        // Erased in between, or told often enough.
        if (
            owner is null
            || await attempts.TryAsync(MailLimits.Recipient(email), MailLimits.PerRecipient, ct) is not null
        )
            return;
        db.Add(AccountMail.To(owner, MailKind.AddressKnown, now));
        await db.SaveChangesAsync(ct);
    }

    private static bool IsAddress(string configured, string email) =>
        EmailAddress.TryNormalize(configured, out var address) && address == email;
}
