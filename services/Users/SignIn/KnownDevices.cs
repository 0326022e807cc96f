using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Ticketing.Users.Accounts;
using Ticketing.Users.OpenId;

namespace Ticketing.Users.SignIn;

/// <summary>
/// A cookie that remembers who signed in at this browser: strangers' wrong passwords do not count against it, and it
/// needs no notice of a new device. Forgotten with the password.
/// </summary>
internal sealed class KnownDevices(IDataProtectionProvider protection, PublicOrigin origin)
{
    private const int MaxPeople = 5;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private readonly IDataProtector protector = protection.CreateProtector("known-devices");
    private readonly string cookie = (origin.IsHttps ? "__Host-" : "") + "ticketing-device";

    /// <summary>A name for this browser and this person; null when the person is new here.</summary>
    public string? Find(HttpContext http, User user) =>
        Read(http).FirstOrDefault(e => e.StartsWith(Prefix(user), StringComparison.Ordinal));

    public void Remember(HttpContext http, User user)
    {
        if (Find(http, user) is not null)
            return;
        var device = Prefix(user) + Guid.CreateVersion7();
        var others = Read(http).Where(e => !e.StartsWith($"{user.Id}:", StringComparison.Ordinal));
        http.Response.Cookies.Append(
            cookie,
            protector.Protect(string.Join(' ', others.Prepend(device).Take(MaxPeople))),
            new()
            {
                HttpOnly = true,
                Secure = origin.IsHttps,
                SameSite = SameSiteMode.Lax,
                MaxAge = Lifetime,
            }
        );
    }

    private static string Prefix(User user) => $"{user.Id}:{user.Stamp}:";

    private string[] Read(HttpContext http)
    {
        try
        {
            return http.Request.Cookies[cookie] is { } value ? protector.Unprotect(value).Split(' ') : [];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }
}
