using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Factors;
using Ticketing.Users.Mails;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Accounts;

public static class AskForPasswordReset
{
    public sealed record Request([property: MaxLength(EmailAddress.MaxLength)] string Email);

    /// <summary>Sends a link that sets a new password to this address, if it has an account.</summary>
    /// <remarks>The answer is always the same; whether there is an account only its mailbox learns.</remarks>
    internal static async Task<Accepted> Handle(Request request, ResetPassword reset, CancellationToken ct)
    {
        if (!EmailAddress.TryNormalize(request.Email, out var address))
            throw ProblemException.Invalid("email", "This is not an e-mail address.");
        await reset.AskAsync(address, ct);
        return TypedResults.Accepted((string?)null);
    }
}

public static class SetPassword
{
    /// <param name="Token">Of the mail's link: its parameter <c>t</c>.</param>
    /// <param name="NewPassword">10 to 128 characters; common passwords are refused.</param>
    public sealed record Request(
        [property: MaxLength(100)] string Token,
        [property: DataType(DataType.Password)] string NewPassword
    );

    /// <summary>Sets a new password with the link of a mail, and ends all sessions.</summary>
    /// <remarks>422 when the link has been used or is too old (<c>token</c>), or the password is not acceptable.</remarks>
    internal static async Task<NoContent> Handle(Request request, ResetPassword reset, CancellationToken ct) =>
        await reset.SetAsync(request.Token, request.NewPassword, ct)
            ? TypedResults.NoContent()
            : throw ProblemException.Invalid("token", "This link has been used or is too old: ask for another one.");
}

/// <summary>Who has forgotten the password proves the account's address instead.</summary>
internal sealed class ResetPassword(
    UsersDb db,
    Proofs proofs,
    Attempts attempts,
    PasswordHasher hasher,
    PasswordRules rules,
    MailSignal signal,
    TimeProvider clock
)
{
    private static readonly MailKind[] Kinds = [MailKind.PasswordReset, MailKind.AddressKnown];

    /// <summary>The same work, whether there is such an account or not: one commit.</summary>
    public async Task AskAsync(string address, CancellationToken ct)
    {
        await db.InTransactionAsync(
            async token =>
                await attempts.TryAsync(MailLimits.Recipient(address), MailLimits.PerRecipient, token) is null
                    ? await db.Database.ExecuteSqlAsync(
                        $"""
                        INSERT INTO account_mails (id, user_id, kind, recipient, stamp, device, expires_at, tries, attempts,
                            next_attempt_at, trace_parent)
                        SELECT {Guid.CreateVersion7()}, id, {nameof(MailKind.PasswordReset)}, email, stamp, '',
                            now() + {AccountMail.LifetimeOf(MailKind.PasswordReset)}, 0, 0, now(), {Traces.Current}
                        FROM users WHERE email = {address}
                        """,
                        token
                    )
                    : 0,
            ct
        );
        signal.Pulse();
    }

    public Task<AccountMail?> FindAsync(string? token, CancellationToken ct) => proofs.ByTokenAsync(token, Kinds, ct);

    /// <returns>False when the link proves nothing any more.</returns>
    /// <exception cref="ProblemException">422 <c>newPassword</c>.</exception>
    public async Task<bool> SetAsync(string? token, string password, CancellationToken ct)
    {
        if (await FindAsync(token, ct) is not { } mail)
            return false;
        await rules.CheckAsync(password, mail.Recipient, "newPassword", ct);
        var hash = await hasher.HashAsync(password, ct);
        var done = await db.InTransactionAsync(
            async inside =>
            {
                var user = await db.LockAsync(mail.UserId, inside);
                if (user?.Stamp != mail.Stamp || user.Email != mail.Recipient || !await proofs.UseAsync(mail, inside))
                    return false;
                var now = clock.NowAsStored();
                // Whoever registered with an address that is not theirs does not stay in by a factor of theirs.
                if (user.EmailVerifiedAt is null)
                    await SecondFactors.DropAsync(db, user, inside);
                user.EmailVerifiedAt ??= now;
                user.ChangePassword(hash);
                db.Add(AccountMail.To(user, MailKind.PasswordChanged, now));
                await db.EndSessionsAsync(user.Id, inside);
                return true;
            },
            ct
        );
        signal.Pulse();
        return done;
    }
}
