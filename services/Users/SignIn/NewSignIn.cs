using Microsoft.EntityFrameworkCore;
using Ticketing.Users.Accounts;
using Ticketing.Users.Mails;

namespace Ticketing.Users.SignIn;

/// <summary>How a person proves who it is: <c>amr</c> of RFC 8176.</summary>
internal static class AuthenticationMethods
{
    public const string Password = "pwd";

    /// <summary>Of an authenticator app, or a recovery code.</summary>
    public const string Code = "otp";
    public const string Passkey = "hwk";
}

/// <summary>A person has signed in at this browser.</summary>
internal sealed class NewSignIn(UsersDb db, KnownDevices devices, MailSignal signal, TimeProvider clock)
{
    /// <summary>
    /// Begins the session; whoever has signed in somewhere before is told of a browser that is new. Null when the
    /// password changed meanwhile.
    /// </summary>
    public async Task<Session?> BeginAsync(User user, string[] methods, HttpContext http, CancellationToken ct)
    {
        var isNew = devices.Find(http, user) is null && await db.Sessions.AnyAsync(s => s.UserId == user.Id, ct);
        if (await db.BeginAsync(user, methods, null, http, ct) is not { } session)
            return null;
        // What this browser was signed in to before.
        if (await BrowserSession.FindAsync(http, db, ct) is { } before)
            await db.EndSessionAsync(before.UserId, before.Id, ct);
        await BrowserSession.BeginAsync(http, session);
        devices.Remember(http, user);
        if (isNew)
        {
            db.Add(AccountMail.To(user, MailKind.NewDevice, clock.NowAsStored(), device: session.Device));
            await db.SaveChangesAsync(ct);
            signal.Pulse();
        }
        return session;
    }
}
