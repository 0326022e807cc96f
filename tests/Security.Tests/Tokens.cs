using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace Ticketing.Security.Tests;

/// <summary>Tokens that must not hold, made of one that does.</summary>
internal static class Tokens
{
    private static readonly TimeSpan TooOld = TimeSpan.FromHours(1);

    public static string Expired(string token, string signingKey)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(signingKey);
        var now = TimeProvider.System.GetUtcNow();
        return Sign(
            token,
            claims =>
            {
                claims["exp"] = (now - TooOld).ToUnixTimeSeconds();
                claims["iat"] = (now - 2 * TooOld).ToUnixTimeSeconds();
                claims.Remove("nbf");
            },
            rsa
        );
    }

    public static string Forged(string token)
    {
        using var rsa = RSA.Create(2048);
        return Sign(token, _ => { }, rsa);
    }

    private static string Sign(string token, Action<JsonObject> change, RSA rsa)
    {
        var parts = token.Split('.');
        var claims = JsonNode.Parse(Base64UrlEncoder.Decode(parts[1]))!.AsObject();
        change(claims);
        var signed = $"{parts[0]}.{Base64UrlEncoder.Encode(claims.ToJsonString())}";
        var signature = rsa.SignData(
            Encoding.ASCII.GetBytes(signed),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return $"{signed}.{Base64UrlEncoder.Encode(signature)}";
    }
}
