using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Ticketing.Contracts;
using Ticketing.Local;
using Ticketing.Local.Hosting;

namespace Ticketing.Bench.Measuring;

/// <summary>
/// Access tokens of as many people as a bench wants, signed with the local system's own key: who may hold four times
/// cannot make a load, and to register thousands would take longer than the bench.
/// </summary>
internal static class Tokens
{
    public static async Task<IReadOnlyList<string>> MakeAsync(Bed bed, int number, CancellationToken ct)
    {
        var file = Path.Combine(bed.Folder, DataFolder.SecretsName);
        if (!File.Exists(file))
            throw new LocalException($"{file} is not there: name the data folder of the running system with --data.");
        var secrets = JsonNode.Parse(await File.ReadAllTextAsync(file, ct))!;
        using var rsa = RSA.Create();
        rsa.ImportFromPem((string)secrets[SecretNames.OidcSigningKey]!);
        using var http = new HttpClient { BaseAddress = bed.Url };
        var keys = await http.GetFromJsonAsync<JsonObject>(".well-known/jwks", ct);
        var id = keys!["keys"]!.AsArray().Select(k => (string?)k!["kid"]).First();
        var credentials = new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = id }, SecurityAlgorithms.RsaSha256);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        return
        [
            .. Enumerable
                .Range(0, number)
                .Select(_ =>
                    handler.CreateToken(
                        new SecurityTokenDescriptor
                        {
                            Issuer = bed.Url.ToString(),
                            Claims = new Dictionary<string, object>
                            {
                                ["sub"] = Guid.CreateVersion7().ToString(),
                                ["aud"] = "ticketing",
                            },
                            IssuedAt = now,
                            NotBefore = now,
                            Expires = now.AddHours(1),
                            TokenType = "at+jwt",
                            SigningCredentials = credentials,
                        }
                    )
                ),
        ];
    }
}
