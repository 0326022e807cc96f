using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.SignIn;

/// <summary>
/// Is this the person's password? An unknown address costs the same work, and so the same time, as a wrong password.
/// Wrong passwords make those wait who come from the same network, or the same known device; only very many from
/// everywhere make everybody wait who is new to the account, and then shortly.
/// </summary>
internal sealed class PasswordCheck(
    UsersDb db,
    PasswordHasher hasher,
    Attempts attempts,
    KnownDevices devices,
    IOptions<UsersOptions> options
)
{
    /// <summary>Too short for anybody's.</summary>
    private const string NobodysPassword = "-";
    private static readonly TimeSpan WaitOfStrangers = TimeSpan.FromSeconds(10);

    /// <summary>The person; null when the address or the password is wrong.</summary>
    /// <exception cref="ProblemException">429 <c>too-many-attempts</c>.</exception>
    public async Task<User?> SignInAsync(string? address, string? password, HttpContext http, CancellationToken ct)
    {
        // What is no address costs like one that nobody has.
        var email = EmailAddress.TryNormalize(address, out var normal) ? normal : "";
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Email == email, ct);
        var device = user is null ? null : devices.Find(http, user);
        var keys = await CountAsync(
            normal ?? address ?? "",
            device,
            ClientNetwork.Of(ClientNetwork.AddressOf(http)),
            ct
        );
        var candidate = password is { Length: > 0 and <= PasswordRules.MaxLength } ? password : NobodysPassword;
        bool right;
        try
        {
            right = await hasher.VerifyAsync(user?.PasswordHash ?? PasswordHasher.Nobody, candidate, ct);
        }
        catch
        {
            await attempts.TakeBackAsync(keys);
            throw;
        }
        if (!right)
            return null;
        await attempts.ForgetAsync(keys[0]);
        await attempts.TakeBackAsync(keys[1..]);
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

    /// <returns>What was counted; the first is the person's own.</returns>
    private async Task<byte[][]> CountAsync(string account, string? device, string network, CancellationToken ct)
    {
        var window = TimeSpan.FromSeconds(options.Value.AttemptWindowSeconds);
        var own = new Limit(options.Value.AccountAttempts, window, window);
        var client = own with { Free = options.Value.ClientAttempts };
        var strangers = new Limit(options.Value.StrangersAttempts, window, WaitOfStrangers);
        List<(byte[] Key, Limit Limit)> all = device is null
            ?
            [
                (Attempts.Key("account", account, network), own),
                (Attempts.Key("network", network), client),
                (Attempts.Key("account", account), strangers),
            ]
            : [(Attempts.Key("device", device), own), (Attempts.Key("network", network), client)];
        for (var i = 0; i < all.Count; i++)
            if (await attempts.TryAsync(all[i].Key, all[i].Limit, ct) is { } wait)
            {
                // Who has to wait anyway must not make others wait.
                if (i > 0)
                    await attempts.TakeBackAsync([.. all.Take(i).Select(a => a.Key)]);
                throw Attempts.TooMany(wait);
            }
        return [.. all.Select(a => a.Key)];
    }
}
