using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;
using Ticketing.Users.Mails;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Profile;

public static class AskToVerify
{
    /// <summary>Sends a mail with a link and a code that prove the account's address.</summary>
    /// <remarks>409 <c>email-verified</c> when it is proven already; 429 <c>too-many-attempts</c> with <c>Retry-After</c>.</remarks>
    internal static async Task<Accepted> Handle(
        ClaimsPrincipal me,
        UsersDb db,
        Attempts attempts,
        MailSignal signal,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var user = await db.FindAsync(me.UserId(), ct) ?? throw ProblemException.NotFound("profile");
        if (user.EmailVerifiedAt is not null)
            throw ProblemException.Conflict("email-verified", "The address is proven already.");
        await attempts.CountAsync(MailLimits.Recipient(user.Email!), MailLimits.PerRecipient, ct);
        db.Add(AccountMail.To(user, MailKind.Welcome, clock.NowAsStored()));
        await db.SaveChangesAsync(ct);
        signal.Pulse();
        return TypedResults.Accepted((string?)null);
    }
}

public static class ChangeAddress
{
    /// <param name="Email">The new address.</param>
    /// <param name="Password">Confirms that it is the person who asks.</param>
    public sealed record Request(
        [property: MaxLength(EmailAddress.MaxLength)] string Email,
        [property: DataType(DataType.Password)] string Password
    );

    /// <summary>Asks for another address; it holds once the mail to it is confirmed, and the old address is told.</summary>
    /// <remarks>
    /// The answer is the same when another account has the address. 403 <c>wrong-password</c>; 422 names the field; 429
    /// <c>too-many-attempts</c> with <c>Retry-After</c>.
    /// </remarks>
    internal static async Task<Accepted> Handle(
        Request request,
        ClaimsPrincipal me,
        UsersDb db,
        PasswordCheck check,
        Attempts attempts,
        MailSignal signal,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (!EmailAddress.TryNormalize(request.Email, out var address))
            throw ProblemException.Invalid("email", "This is not an e-mail address.");
        var user = await check.ConfirmAsync(me.UserId(), request.Password, http, ct);
        if (address == user.Email)
            throw ProblemException.Invalid("email", "The account has this address.");
        await attempts.CountAsync(MailLimits.Recipient(address), MailLimits.PerRecipient, ct);
        await attempts.CountAsync(MailLimits.Recipient(user.Email!), MailLimits.PerRecipient, ct);
        var now = clock.NowAsStored();
        var owner = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Email == address, ct);
        db.Add(
            owner is null
                ? AccountMail.To(user, MailKind.AddressNew, now, address)
                : AccountMail.To(owner, MailKind.AddressKnown, now)
        );
        db.Add(AccountMail.To(user, MailKind.AddressAsked, now));
        await db.SaveChangesAsync(ct);
        signal.Pulse();
        return TypedResults.Accepted((string?)null);
    }
}

public static class ConfirmCode
{
    /// <param name="Code">The six digits of the latest mail.</param>
    public sealed record Request([property: MaxLength(10)] string Code);

    /// <summary>Proves an address, the account's or the one it shall have, by the code of the mail to it.</summary>
    /// <remarks>
    /// 409 <c>email-taken</c> when another account has it by now; 422 when the code is wrong or too old. A code can be
    /// tried five times.
    /// </remarks>
    internal static async Task<NoContent> Handle(
        Request request,
        ClaimsPrincipal me,
        Proofs proofs,
        ConfirmAddress confirm,
        CancellationToken ct
    ) =>
        await proofs.ByCodeAsync(me.UserId(), request.Code.Trim(), ConfirmAddress.Kinds, ct) is { } mail
        && await confirm.UseAsync(mail, ct)
            ? TypedResults.NoContent()
            : throw ProblemException.Invalid("code", "This code is wrong or too old.");
}
