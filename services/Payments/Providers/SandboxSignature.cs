using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Providers;

/// <summary>
/// The sandbox provider's webhooks:
/// <c>Sandbox-Signature: t=&lt;unix seconds&gt;,v1=&lt;hex HMAC-SHA256(secret, "t.body")&gt;</c>.
/// </summary>
internal static class SandboxSignature
{
    public const string Header = "Sandbox-Signature";

    /// <summary>Either way: what is older may be a replay, what is newer a wrong clock.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private sealed record Body(string Id, string Type, Data Data);

    private sealed record Data(string? Reference = null, string? RefundId = null);

    public static bool IsValid(IHeaderDictionary headers, ReadOnlySpan<byte> body, string secret, DateTimeOffset now)
    {
        if (headers[Header].ToString().Split(',') is not [['t', '=', .. var t], ['v', '1', '=', .. var v1]])
            return false;
        if (
            !long.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - (decimal)seconds) > (decimal)Window.TotalSeconds
        )
            return false;
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(t + "."));
        hmac.AppendData(body);
        var expected = Convert.ToHexStringLower(hmac.GetHashAndReset());
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(v1), Encoding.UTF8.GetBytes(expected));
    }

    /// <exception cref="ProblemException">400: signed, yet not what the provider documents.</exception>
    public static WebhookNotice Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            var body =
                JsonSerializer.Deserialize<Body>(json.Span, ServiceDefaultsExtensions.Json)
                ?? throw new JsonException("null");
            return new(
                body.Id,
                body.Type,
                Guid.TryParse(body.Data.RefundId ?? body.Data.Reference, out var payment) ? payment : null
            );
        }
        catch (JsonException)
        {
            throw new ProblemException(400, "invalid", "The body is not a webhook of the sandbox.");
        }
    }
}
