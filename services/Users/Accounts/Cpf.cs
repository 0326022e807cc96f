using System.Diagnostics.CodeAnalysis;

namespace Ticketing.Users.Accounts;

/// <summary>Cadastro de Pessoas Físicas: nine digits and two check digits (each a weighted sum modulo 11).</summary>
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
        if (
            candidate is null
            || !candidate.All(char.IsAsciiDigit)
            || candidate.All(c => c == candidate[0])
            || candidate[9] != CheckDigit(candidate.AsSpan(0, 9))
            || candidate[10] != CheckDigit(candidate.AsSpan(0, 10))
        )
            return false;
        digits = candidate;
        return true;
    }

    /// <summary>The check digit that follows these.</summary>
    public static char CheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
            sum += (digits[i] - '0') * (digits.Length + 1 - i);
        var rest = sum * 10 % 11 % 10;
        return (char)('0' + rest);
    }

    /// <summary><c>***.456.789-**</c>: enough to recognise one's own.</summary>
    public static string Mask(string digits) => $"***.{digits[3..6]}.{digits[6..9]}-**";
}
