using Ticketing.ServiceDefaults;
using Ticketing.Users.Mails;

namespace Ticketing.Users.Accounts;

/// <summary>Somebody proved that an address is theirs, by the link or the code of a mail to it.</summary>
internal sealed class ConfirmAddress(UsersDb db, Proofs proofs, MailSignal signal, TimeProvider clock)
{
    public static readonly MailKind[] Kinds = [MailKind.Welcome, MailKind.WelcomeWithoutCpf, MailKind.AddressNew];

    public Task<AccountMail?> FindAsync(string? token, CancellationToken ct) => proofs.ByTokenAsync(token, Kinds, ct);

    /// <returns>False when the mail proves nothing any more.</returns>
    /// <exception cref="ProblemException">409 <c>email-taken</c>.</exception>
    public async Task<bool> UseAsync(AccountMail mail, CancellationToken ct)
    {
        var done = await db.InTransactionAsync(
            async token =>
            {
                var user = await db.LockAsync(mail.UserId, token);
                if (user?.Stamp != mail.Stamp || !await proofs.UseAsync(mail, token))
                    return false;
                var now = clock.NowAsStored();
                if (mail.Kind == MailKind.AddressNew)
                {
                    db.Add(AccountMail.To(user, MailKind.AddressChanged, now));
                    user.Email = mail.Recipient;
                }
                else if (user.Email != mail.Recipient)
                    return false;
                user.EmailVerifiedAt = now;
                user.Version++;
                await db.SavePersonAsync(token);
                return true;
            },
            ct
        );
        signal.Pulse();
        return done;
    }
}
