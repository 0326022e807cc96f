using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Ticketing.Contracts;
using Ticketing.Local;
using Ticketing.Local.Hosting;

namespace Ticketing.Bench.Measuring;

/// <summary>
/// Access tokens of as many people as a bench wants, signed with the local system's own key: who may hold four times
/// makes no load, to register thousands would take longer than the bench, and people of the fill have no password.
/// </summary>
internal sealed class Tokens
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly Uri issuer;
    private readonly SigningCredentials credentials;

    private Tokens(Uri issuer, SigningCredentials credentials) =>
        (this.issuer, this.credentials) = (issuer, credentials);

    /// <param name="folder">The system's data.</param>
    public static async Task<Tokens> OpenAsync(Uri url, string folder, CancellationToken ct)
    {
        var file = Path.Combine(folder, DataFolder.SecretsName);
        if (!File.Exists(file))
            throw new LocalException($"{file} is not there: name the data folder of the running system with --data.");
        var secrets = JsonNode.Parse(await File.ReadAllTextAsync(file, ct))!;
        using var rsa = RSA.Create();
        rsa.ImportFromPem((string)secrets[SecretNames.OidcSigningKey]!);
        using var http = new HttpClient { BaseAddress = url };
        var keys = await http.GetFromJsonAsync<JsonObject>(".well-known/jwks", ct);
        var id = keys!["keys"]!.AsArray().Select(k => (string?)k!["kid"]).First();
        var key = new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: true)) { KeyId = id };
        return new(url, new SigningCredentials(key, SecurityAlgorithms.RsaSha256));
    }

    /// <summary>A person's access token, as the embedded provider gives it.</summary>
    public string Of(Guid person)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer.ToString(),
                Claims = new Dictionary<string, object> { ["sub"] = person.ToString(), ["aud"] = "ticketing" },
                IssuedAt = now,
                NotBefore = now,
                Expires = now + Lifetime,
                TokenType = "at+jwt",
                SigningCredentials = credentials,
            }
        );
    }
}
