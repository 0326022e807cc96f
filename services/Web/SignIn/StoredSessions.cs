using System.Buffers.Text;
using System.Security.Cryptography;
using Dapr.Client;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Ticketing.Contracts;

namespace Ticketing.Web.SignIn;

/// <summary>
/// Sessions in the state store, encrypted, under a key that only the browser's cookie knows: any replica finds them, and
/// signing out ends them.
/// </summary>
internal sealed class StoredSessions(DaprClient dapr, IDataProtectionProvider protection) : ITicketStore
{
    /// <summary>As long as the provider's own sessions at most.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);
    private const int KeyBytes = 32;

    private readonly IDataProtector protector = protection.CreateProtector("sessions");

    private sealed record Stored(byte[] Ticket);

    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        await RenewAsync(key, ticket);
        return key;
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket) =>
        dapr.SaveStateAsync(
            Components.StateStore,
            NameOf(key),
            new Stored(protector.Protect(TicketSerializer.Default.Serialize(ticket))),
            metadata: new Dictionary<string, string> { ["ttlInSeconds"] = $"{(int)Lifetime.TotalSeconds}" }
        );

    public async Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        var stored = await dapr.GetStateAsync<Stored?>(Components.StateStore, NameOf(key));
        if (stored is null)
            return null;
        try
        {
            return TicketSerializer.Default.Deserialize(protector.Unprotect(stored.Ticket));
        }
        catch (CryptographicException)
        {
            // The key has changed since: sign in again.
            return null;
        }
    }

    public Task RemoveAsync(string key) => dapr.DeleteStateAsync(Components.StateStore, NameOf(key));

    /// <summary>Not the cookie's key itself: whoever reads the store can take nobody's place.</summary>
    private static string NameOf(string key) =>
        "session-" + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));
}
