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

    /// <summary>For development: who becomes an administrator by registering.</summary>
    public IList<string> Admins { get; } = [];

    /// <summary>For development: ends of addresses that need no proof, such as <c>.example</c>.</summary>
    public IList<string> TrustedDomains { get; } = [];

    /// <summary>Sender of the mails about accounts; null: the one that the <c>email</c> component names.</summary>
    public string? MailFrom { get; set; }

    /// <summary>Range API of Pwned Passwords or one like it, such as <c>https://api.pwnedpasswords.com/range</c>.</summary>
    [Url]
    public string? BreachedPasswordsUrl { get; set; }

    /// <summary>Where <c>ticketing-web</c> may be sent back to; the public origin's <c>/auth/callback</c> when empty.</summary>
    public IList<string> WebRedirectUris { get; } = [];

    /// <summary>Where <c>ticketing-web</c> may go after the logout; the public origin when empty.</summary>
    public IList<string> WebLogoutUris { get; } = [];

    /// <summary>The secret of <c>ticketing-machine</c> (client credentials); without it there is no such client.</summary>
    [MinLength(32)]
    public string? MachineSecret { get; set; }

    /// <summary>Wrong passwords for one account from one network, or one known device, before each must wait.</summary>
    [Range(1, 1000)]
    public int AccountAttempts { get; set; } = 10;

    /// <summary>Wrong passwords for one account from all strangers together before each must wait ten seconds.</summary>
    [Range(1, 100_000)]
    public int StrangersAttempts { get; set; } = 100;

    /// <summary>Wrong passwords from one network before each must wait. Many phones share one address.</summary>
    [Range(1, 100_000)]
    public int ClientAttempts { get; set; } = 300;

    /// <summary>
    /// Registrations from one network, whether or not they make an account, before each must wait. Many phones share one address.
    /// Over all replicas; the Gateway's limit is each replica's own, and of a minute.
    /// </summary>
    [Range(1, 100_000)]
    public int ClientRegistrations { get; set; } = 300;

    /// <summary>Seconds after the last one that wrong passwords are forgotten; the longest wait, too.</summary>
    [Range(1, 86_400)]
    public int AttemptWindowSeconds { get; set; } = 900;

    /// <summary>
    /// Seconds that a used refresh token still works, for clients that lost the answer; used later than that, it takes
    /// all tokens of its sign-in with it.
    /// </summary>
    [Range(0, 300)]
    public int RefreshReuseSeconds { get; set; } = 10;
}
