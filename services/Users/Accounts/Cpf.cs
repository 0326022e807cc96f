using System.Diagnostics.CodeAnalysis;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

/// <summary>A person's taxpayer number.</summary>
internal static class Cpf
{
    private const int Length = 11;

    /// <summary>Takes <c>123.456.789-09</c> or the digits alone; gives the digits.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? digits)
    {
        digits = null;
        var candidate = text switch
        {
            { Length: Length } => text,
            { Length: 14 } when text[3] == '.' && text[7] == '.' && text[11] == '-' =>
                $"{text[..3]}{text[4..7]}{text[8..11]}{text[12..]}",
            _ => null,
        };
        if (candidate is null || !CpfDigits.AreValid(candidate))
            return false;
        digits = candidate;
        return true;
    }

    /// <summary><c>***.456.789-**</c>: enough to recognise one's own.</summary>
    public static string Mask(string digits) => $"***.{digits[3..6]}.{digits[6..9]}-**";
}
