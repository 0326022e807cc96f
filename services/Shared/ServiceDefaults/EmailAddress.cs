using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ticketing.ServiceDefaults;

/// <summary>Addresses as they are stored and compared: trimmed, lower case, the domain in ASCII.</summary>
public static class EmailAddress
{
    public const int MaxLength = 254;
    private const int MaxLocalLength = 64;
    private const string LocalSymbols = "!#$%&'*+-/=?^_`{|}~.";
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    public static bool TryNormalize(string? text, [NotNullWhen(true)] out string? address)
    {
        address = null;
        if (text is null || text.Length > MaxLength)
            return false;
        var parts = text.Trim().Split('@');
        if (parts is not [var local, var domain] || !IsLocalPart(local))
            return false;
        try
        {
            domain = Idn.GetAscii(domain);
        }
        catch (ArgumentException)
        {
            return false;
        }
        if (!domain.Contains('.') || domain.EndsWith('.'))
            return false;
        var normal = $"{local}@{domain}".ToLowerInvariant();
        if (normal.Length > MaxLength)
            return false;
        address = normal;
        return true;
    }

    private static bool IsLocalPart(string local) =>
        local.Length is > 0 and <= MaxLocalLength
        && local[0] != '.'
        && local[^1] != '.'
        && !local.Contains("..", StringComparison.Ordinal)
        && local.All(c => char.IsAsciiLetterOrDigit(c) || LocalSymbols.Contains(c));
}
