using System.Globalization;

namespace Ticketing.Sandbox.Cards;

/// <summary>
/// Stands for a test card and says itself which and since when, so that nothing is kept: these numbers are no secret.
/// </summary>
internal static class CardToken
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    public const string Pattern = "^[a-zA-Z0-9_]{1,100}$";
    private const string Prefix = "tok_";

    /// <summary>Its UUID begins with the time: 12 hexadecimal digits, milliseconds.</summary>
    public static string Of(TestCard card, DateTimeOffset now) => $"{Prefix}{Guid.CreateVersion7(now):N}_{card.Last4}";

    /// <summary>Null when it is unknown or too old.</summary>
    /// <param name="ofFields">Of the fields in the browser (stripe.js), which name it otherwise.</param>
    public static TestCard? Read(string token, bool ofFields, DateTimeOffset now) =>
        token.Split('_') is [var prefix, { Length: 32 } id, var last4]
        && prefix == (ofFields ? "ctoken" : "tok")
        && long.TryParse(id[..12], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var milliseconds)
        && now - DateTimeOffset.UnixEpoch - TimeSpan.FromMilliseconds(milliseconds) < Lifetime
            ? TestCards.ByLast4(last4)
            : null;
}
