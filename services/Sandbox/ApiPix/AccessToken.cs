using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.ApiPix;

/// <summary>Says itself until when it holds, signed with the client's secret: nothing is kept.</summary>
internal static class AccessToken
{
    public static async Task<string> IssueAsync(
        SecretReader secrets,
        TimeProvider clock,
        int seconds,
        CancellationToken ct
    )
    {
        var until = clock.GetUtcNow().ToUnixTimeSeconds() + seconds;
        var signature = Sign(until, await secrets.GetAsync(SecretNames.PixClientSecret, ct));
        return string.Create(CultureInfo.InvariantCulture, $"{until}.{signature}");
    }

    public static async Task<bool> IsValidAsync(
        string token,
        SecretReader secrets,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        token.Split('.') is [var text, var signature]
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
        && clock.GetUtcNow().ToUnixTimeSeconds() < until
        && Same(signature, Sign(until, await secrets.GetAsync(SecretNames.PixClientSecret, ct)));

    public static bool Same(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    private static string Sign(long until, string secret) =>
        Convert.ToHexStringLower(
            HMACSHA256.HashData(
                Encoding.UTF8.GetBytes(secret),
                Encoding.UTF8.GetBytes(until.ToString(CultureInfo.InvariantCulture))
            )
        );
}
