using System.ComponentModel.DataAnnotations;

namespace Ticketing.Users;

internal enum IdentityProvider
{
    /// <summary>This service keeps passwords and issues tokens itself.</summary>
    Embedded,

    /// <summary>Another OIDC issuer (<c>Auth:Authority</c>) does; profiles begin at the first GET /me.</summary>
    External,
}

/// <summary>Section <c>Users</c>.</summary>
internal sealed class UsersOptions
{
    public const string Section = "Users";

    public IdentityProvider Provider { get; set; }

    /// <summary>For development: <c>ticketing-cli</c> may trade an e-mail address and a password for a token.</summary>
    public bool PasswordGrant { get; set; }

    /// <summary>For development: who becomes an administrator by registering. Needs <see cref="PasswordGrant"/>.</summary>
    public IList<string> Admins { get; } = [];

    /// <summary>Where <c>ticketing-web</c> may be sent back to; the public origin's <c>/auth/callback</c> when empty.</summary>
    public IList<string> WebRedirectUris { get; } = [];

    /// <summary>Where <c>ticketing-web</c> may go after the logout; the public origin when empty.</summary>
    public IList<string> WebLogoutUris { get; } = [];

    /// <summary>The secret of <c>ticketing-machine</c> (client credentials); without it there is no such client.</summary>
    [MinLength(32)]
    public string? MachineSecret { get; set; }

    /// <summary>Wrong passwords an account may see in a window, whoever tries.</summary>
    [Range(1, 1000)]
    public int AccountAttempts { get; set; } = 10;

    /// <summary>Wrong passwords a client address may send in a window. Many phones share one address.</summary>
    [Range(1, 100_000)]
    public int ClientAttempts { get; set; } = 300;

    /// <summary>Seconds that wrong passwords count.</summary>
    [Range(1, 86_400)]
    public int AttemptWindowSeconds { get; set; } = 900;

    /// <summary>
    /// Seconds that a used refresh token still works, for clients that lost the answer; used later than that, it takes
    /// all tokens of its sign-in with it.
    /// </summary>
    [Range(0, 300)]
    public int RefreshReuseSeconds { get; set; } = 10;
}
