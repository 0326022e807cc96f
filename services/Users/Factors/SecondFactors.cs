using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;
using Ticketing.Users.Mails;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Factors;

/// <summary>What proves a person beside the password: an authenticator app, passkeys, and recovery codes for both.</summary>
internal sealed class SecondFactors(
    UsersDb db,
    Attempts attempts,
    PersonalDataProtector protector,
    MailSignal signal,
    TimeProvider clock
)
{
    private const int RecoveryCodes = 10;
    private const int RecoveryCodeLength = 16;
    private const string RecoveryAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static readonly Limit Guesses = new(5, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15));

    public async Task<bool> HasAsync(User user, CancellationToken ct) =>
        user.Authenticator is not null || await db.Passkeys.AnyAsync(p => p.UserId == user.Id, ct);

    /// <summary>Who has one must use it, and administrators must have one.</summary>
    public async Task<bool> IsRequiredAsync(User user, CancellationToken ct) =>
        user.Roles.Contains(Auth.Admin) || await HasAsync(user, ct);

    /// <summary>Is it the app's code, or a recovery code? Each works once.</summary>
    /// <exception cref="ProblemException">429 <c>too-many-attempts</c>.</exception>
    public async Task<bool> CheckCodeAsync(User user, string given, CancellationToken ct)
    {
        var key = Attempts.Key("factor", user.Id.ToString());
        await attempts.CountAsync(key, Guesses, ct);
        var code = given.Trim().Replace(" ", "", StringComparison.Ordinal);
        var right = await UseAuthenticatorAsync(user, code, ct) || await UseRecoveryCodeAsync(user, code, ct);
        if (right)
            await attempts.ForgetAsync(key);
        return right;
    }

    /// <returns>The first recovery codes, when there were none; null when the code is not the secret's.</returns>
    public async Task<IReadOnlyList<string>?> AddAuthenticatorAsync(
        User user,
        string secret,
        string code,
        CancellationToken ct
    )
    {
        if (
            Totp.StepOf(secret, code.Trim().Replace(" ", "", StringComparison.Ordinal), clock.GetUtcNow())
            is not { } step
        )
            return null;
        var encrypted = await protector.EncryptAsync(secret, User.AuthenticatorColumn.At(user.Id), ct);
        return await ChangeAsync(
            user,
            locked =>
            {
                (locked.Authenticator, locked.AuthenticatorStep) = (encrypted, step);
                return Task.CompletedTask;
            },
            ct
        );
    }

    public Task<IReadOnlyList<string>> AddPasskeyAsync(User user, Passkey passkey, CancellationToken ct) =>
        ChangeAsync(
            user,
            async _ =>
            {
                if (await db.Passkeys.CountAsync(p => p.UserId == user.Id, ct) < Passkey.MaxEach)
                    db.Add(passkey);
            },
            ct
        );

    /// <summary>An administrator's last factor stays.</summary>
    public Task RemoveAsync(User user, byte[]? passkey, CancellationToken ct) =>
        ChangeAsync(
            user,
            async locked =>
            {
                var others =
                    await db.Passkeys.CountAsync(p => p.UserId == user.Id && (passkey == null || p.Id != passkey), ct)
                    + (passkey is not null && locked.Authenticator is not null ? 1 : 0);
                if (others == 0 && locked.Roles.Contains(Auth.Admin))
                    return;
                if (passkey is null)
                    locked.Authenticator = null;
                else
                    await db.Passkeys.Where(p => p.UserId == user.Id && p.Id == passkey).ExecuteDeleteAsync(ct);
                if (others == 0)
                    await DeleteRecoveryCodesAsync(user.Id, ct);
            },
            ct,
            wantsCodes: false
        );

    public Task<IReadOnlyList<string>> RenewRecoveryCodesAsync(User user, CancellationToken ct) =>
        ChangeAsync(user, _ => DeleteRecoveryCodesAsync(user.Id, ct), ct);

    public Task<int> RecoveryCodesLeftAsync(User user, CancellationToken ct) =>
        db.RecoveryCodes.CountAsync(c => c.UserId == user.Id, ct);

    /// <summary>All of them, in the caller's transaction: of a person who is gone, or of who had no right to the address.</summary>
    public static async Task DropAsync(UsersDb db, User user, CancellationToken ct)
    {
        user.Authenticator = null;
        await db.Passkeys.Where(p => p.UserId == user.Id).ExecuteDeleteAsync(ct);
        await db.RecoveryCodes.Where(c => c.UserId == user.Id).ExecuteDeleteAsync(ct);
    }

    /// <summary>One change at a time, told by mail.</summary>
    private async Task<IReadOnlyList<string>> ChangeAsync(
        User user,
        Func<User, Task> change,
        CancellationToken ct,
        bool wantsCodes = true
    )
    {
        var codes = await db.InTransactionAsync(
            async token =>
            {
                var locked = await db.LockAsync(user.Id, token) ?? throw ProblemException.NotFound("profile");
                await change(locked);
                db.Add(AccountMail.To(locked, MailKind.SecondFactor, clock.NowAsStored()));
                var first = wantsCodes && !await db.RecoveryCodes.AnyAsync(c => c.UserId == user.Id, token);
                string[] made = first ? [.. Enumerable.Range(0, RecoveryCodes).Select(_ => NewCode())] : [];
                db.AddRange(made.Select(c => new RecoveryCode { UserId = user.Id, Hash = HashOf(c) }));
                return made;
            },
            ct
        );
        signal.Pulse();
        return codes;
    }

    private async Task<bool> UseAuthenticatorAsync(User user, string code, CancellationToken ct) =>
        user.Authenticator is { } encrypted
        && Totp.StepOf(await SecretOfAsync(user, encrypted, ct), code, clock.GetUtcNow()) is { } step
        && await db.Database.ExecuteSqlAsync(
            $"UPDATE users SET authenticator_step = {step} WHERE id = {user.Id} AND authenticator_step < {step}",
            ct
        ) == 1;

    private ValueTask<string> SecretOfAsync(User user, byte[] encrypted, CancellationToken ct) =>
        protector.DecryptAsync(encrypted, User.AuthenticatorColumn.At(user.Id), ct);

    private async Task<bool> UseRecoveryCodeAsync(User user, string code, CancellationToken ct)
    {
        var hash = HashOf(code.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant());
        return await db.RecoveryCodes.Where(c => c.UserId == user.Id && c.Hash == hash).ExecuteDeleteAsync(ct) == 1;
    }

    private Task<int> DeleteRecoveryCodesAsync(Guid person, CancellationToken ct) =>
        db.RecoveryCodes.Where(c => c.UserId == person).ExecuteDeleteAsync(ct);

    private static string NewCode() => RandomNumberGenerator.GetString(RecoveryAlphabet, RecoveryCodeLength);

    private static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
