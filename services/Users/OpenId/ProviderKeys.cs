using System.Security.Cryptography;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.OpenId;

/// <summary>
/// The provider's keys, from the secret store: RSA signs tokens; keys derived from the personal data key encrypt codes,
/// refresh tokens and cookies. So all replicas share them, and restarts change nothing. Of each secret the first key makes
/// what is new; all of them read what is out, and the public halves are in the JWKS: the next one before it is used, the
/// old one until what it signed has run out.
/// </summary>
internal sealed class ProviderKeys(SecretReader secrets, PublicOrigin origin)
    : IConfigurationManager<OpenIdConnectConfiguration>
{
    private const int MinRsaBits = 2048;

    private sealed record Loaded(IReadOnlyList<RsaSecurityKey> Signing, KeyRing Ring);

    private Loaded? loaded;

    /// <summary>Current first.</summary>
    public IReadOnlyList<RsaSecurityKey> Signing => Keys.Signing;

    /// <summary>Current first.</summary>
    public IReadOnlyList<KeyRing.Key> Masters => Keys.Ring.All;

    private Loaded Keys => loaded ?? throw new InvalidOperationException("The provider's keys are not loaded yet.");

    public async Task LoadAsync(CancellationToken ct)
    {
        if (loaded is not null)
            return;
        var ring = await KeyRing.ReadAsync(secrets, SecretNames.PersonalDataKey, ct);
        var signing = Parse(await secrets.GetAsync(SecretNames.OidcSigningKey, ct));
        loaded = new(signing, ring);
    }

    private static List<RsaSecurityKey> Parse(string pem)
    {
        var keys = new List<RsaSecurityKey>();
        for (var rest = pem.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(rest[fields.Location]);
            if (rsa.KeySize < MinRsaBits)
                throw new InvalidOperationException(
                    $"The secret {SecretNames.OidcSigningKey} must hold RSA keys of {MinRsaBits} bits or more."
                );
            // By value: the token library keeps signers for the whole process, longer than this service may live in it.
            var key = new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: true));
            key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
            keys.Add(key);
        }
        return keys.Count > 0
            ? keys
            : throw new InvalidOperationException($"The secret {SecretNames.OidcSigningKey} holds no PEM key.");
    }

    /// <summary>For one purpose alone: of each key, current first.</summary>
    public IEnumerable<byte[]> Derive(string purpose) => Masters.Select(key => key.Derive($"users:{purpose}"));

    /// <summary>What others read from the discovery document; this service need not ask itself over the network.</summary>
    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        var configuration = new OpenIdConnectConfiguration { Issuer = origin.Uri.AbsoluteUri };
        foreach (var key in Signing)
            configuration.SigningKeys.Add(key);
        return Task.FromResult(configuration);
    }

    public void RequestRefresh() { }
}
