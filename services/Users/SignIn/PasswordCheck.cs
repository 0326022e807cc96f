using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.SignIn;

/// <summary>
/// Is this the person's password? An unknown address costs the same work, and so the same time, as a wrong password.
/// </summary>
internal sealed class PasswordCheck(UsersDb db, PasswordHasher hasher, SignInAttempts attempts)
{
    /// <summary>Too short for anybody's.</summary>
    private const string NobodysPassword = "-";

    /// <summary>The person; null when the address or the password is wrong.</summary>
    /// <exception cref="ProblemException">429 <c>too-many-attempts</c>.</exception>
    public async Task<User?> SignInAsync(string? address, string? password, HttpContext http, CancellationToken ct)
    {
        // What is no address costs like one that nobody has.
        var email = EmailAddress.TryNormalize(address, out var normal) ? normal : "";
        var (account, client) = (SignInAttempts.AccountKey(normal ?? address ?? ""), SignInAttempts.ClientKey(http));
        await attempts.CountAsync(account, client, ct);
        var candidate = password is { Length: > 0 and <= PasswordRules.MaxLength } ? password : NobodysPassword;
        User? user;
        bool right;
        try
        {
            user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Email == email, ct);
            right = await hasher.VerifyAsync(user?.PasswordHash ?? PasswordHasher.Nobody, candidate, ct);
        }
        catch
        {
            await attempts.TakeBackAsync(account, client);
            throw;
        }
        if (!right)
            return null;
        await attempts.ForgiveAsync(account, client);
        return user;
    }

    /// <summary>The person who is signed in proves it once more.</summary>
    /// <exception cref="ProblemException">403 <c>wrong-password</c>, 429 <c>too-many-attempts</c>, 404 when erased.</exception>
    public async Task<User> ConfirmAsync(Guid id, string password, HttpContext http, CancellationToken ct)
    {
        var user = await db.FindAsync(id, ct) ?? throw ProblemException.NotFound("profile");
        return await SignInAsync(user.Email, password, http, ct) ?? throw Wrong();
    }

    public static ProblemException Wrong() =>
        new(StatusCodes.Status403Forbidden, "wrong-password", "This is not the password.");
}
