using System.Buffers.Text;
using System.Security.Cryptography;
using Dapr;
using Dapr.Client;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Web.SignIn;

/// <summary>
/// Sessions in the state store, encrypted, under a key that only the browser's cookie knows: any replica finds them, and
/// signing out ends them, whatever is still on its way.
/// </summary>
internal sealed class StoredSessions(DaprClient dapr, IDataProtectionProvider protection) : ITicketStore
{
    /// <summary>As long as the provider's own sessions at most.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);
    private const int KeyBytes = 32;
    private const string PlaceOf = "place";
    private static readonly object Unread = new();

    private readonly IDataProtector protector = protection.CreateProtector("sessions");

    private sealed record Stored(byte[] Ticket);

    /// <summary>Where a ticket was read, and as what.</summary>
    private sealed record Place(string Key, string Tag);

    /// <summary>Somebody may well be signed in: the store did not say.</summary>
    public static bool AreUnread(HttpContext http) => http.Items.ContainsKey(Unread);

    /// <exception cref="PeerUnavailableException">The store did not say who it is: that is not nobody.</exception>
    public static void ThrowIfUnread(HttpContext http)
    {
        if (AreUnread(http))
            throw new PeerUnavailableException("Sessions cannot be read.");
    }

    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        await dapr.SaveStateAsync(Components.StateStore, NameOf(key), Seal(ticket), metadata: Ttl());
        return key;
    }

    /// <summary>Somebody signs in once more, over a session that there is.</summary>
    public async Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        while (true)
        {
            var (stored, tag) = await ReadAsync(key);
            if (stored is null || await TrySaveAsync(new(key, tag), ticket))
                return;
        }
    }

    /// <summary>Saves a ticket that was read here.</summary>
    /// <returns>False: the session has ended meanwhile. Who else has renewed it has not ended it.</returns>
    public async Task<bool> TryRenewAsync(AuthenticationTicket ticket)
    {
        var place = ticket.Properties.GetParameter<Place>(PlaceOf)!;
        return await TrySaveAsync(place, ticket) || (await ReadAsync(place.Key)).Stored is not null;
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(
        string key,
        HttpContext httpContext,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await RetrieveAsync(key);
        }
        catch (DaprException)
        {
            httpContext.Items[Unread] = true;
            return null;
        }
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        var (stored, tag) = await ReadAsync(key);
        if (stored is null)
            return null;
        try
        {
            var ticket = TicketSerializer.Default.Deserialize(protector.Unprotect(stored.Ticket));
            ticket?.Properties.SetParameter(PlaceOf, new Place(key, tag));
            return ticket;
        }
        catch (CryptographicException)
        {
            // The key has changed since: sign in again.
            return null;
        }
    }

    public Task RemoveAsync(string key) => dapr.DeleteStateAsync(Components.StateStore, NameOf(key));

    private async Task<(Stored? Stored, string Tag)> ReadAsync(string key) =>
        await dapr.GetStateAndETagAsync<Stored?>(Components.StateStore, NameOf(key), ConsistencyMode.Strong);

    private Task<bool> TrySaveAsync(Place place, AuthenticationTicket ticket) =>
        dapr.TrySaveStateAsync(
            Components.StateStore,
            NameOf(place.Key),
            Seal(ticket),
            place.Tag,
            new StateOptions { Concurrency = ConcurrencyMode.FirstWrite },
            Ttl()
        );

    private Stored Seal(AuthenticationTicket ticket) =>
        new(protector.Protect(TicketSerializer.Default.Serialize(ticket)));

    private static Dictionary<string, string> Ttl() => new() { ["ttlInSeconds"] = $"{(int)Lifetime.TotalSeconds}" };

    /// <summary>Not the cookie's key itself: whoever reads the store can take nobody's place.</summary>
    private static string NameOf(string key) =>
        "session-" + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));
}
