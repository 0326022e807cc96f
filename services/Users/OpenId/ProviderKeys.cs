using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.OpenId;

/// <summary>
/// The provider's keys, from the secret store: RSA signs tokens; keys derived from the personal data key encrypt codes,
/// refresh tokens and cookies. So all replicas share them, and restarts change nothing.
/// </summary>
internal sealed class ProviderKeys(SecretReader secrets, PublicOrigin origin)
    : IConfigurationManager<OpenIdConnectConfiguration>
{
    private const int MinRsaBits = 2048;

    private sealed record Loaded(RsaSecurityKey Signing, byte[] Master);

    private Loaded? loaded;

    public RsaSecurityKey Signing => Keys.Signing;

    private Loaded Keys => loaded ?? throw new InvalidOperationException("The provider's keys are not loaded yet.");

    public async Task LoadAsync(CancellationToken ct)
    {
        if (loaded is not null)
            return;
        var master = Convert.FromBase64String(await secrets.GetAsync(SecretNames.PersonalDataKey, ct));
        using var rsa = RSA.Create();
        rsa.ImportFromPem(await secrets.GetAsync(SecretNames.OidcSigningKey, ct));
        if (rsa.KeySize < MinRsaBits)
            throw new InvalidOperationException(
                $"The secret {SecretNames.OidcSigningKey} must be an RSA key of {MinRsaBits} bits or more."
            );
        // By value: the token library keeps signers for the whole process, longer than this service may live in it.
        var signing = new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: true));
        signing.KeyId = Base64UrlEncoder.Encode(signing.ComputeJwkThumbprint());
        loaded = new(signing, master);
    }

    /// <summary>32 bytes for one purpose alone.</summary>
    public byte[] Derive(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Keys.Master, 32, info: Encoding.UTF8.GetBytes($"users:{purpose}"));

    /// <summary>What others read from the discovery document; this service need not ask itself over the network.</summary>
    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        Task.FromResult(new OpenIdConnectConfiguration { Issuer = origin.Uri.AbsoluteUri, SigningKeys = { Signing } });

    public void RequestRefresh() { }
}
