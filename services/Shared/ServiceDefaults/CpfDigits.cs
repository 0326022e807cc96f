namespace Ticketing.ServiceDefaults;

/// <summary>
/// Cadastro de Pessoas Físicas: nine digits and two check digits, each a weighted sum modulo 11 (Receita Federal). How a
/// person may write them is each service's own matter.
/// </summary>
public static class CpfDigits
{
    private const int Length = 11;

    /// <summary>Eleven digits whose check digits fit. All the same digit would fit, but is never given out.</summary>
    public static bool AreValid(string digits) =>
        digits.Length == Length
        && digits.All(char.IsAsciiDigit)
        && digits.Distinct().Count() > 1
        && digits[9] == CheckDigit(digits.AsSpan(0, 9))
        && digits[10] == CheckDigit(digits.AsSpan(0, 10));

    /// <summary>The check digit that follows these.</summary>
    public static char CheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
            sum += (digits[i] - '0') * (digits.Length + 1 - i);
        var rest = sum * 10 % 11 % 10;
        return (char)('0' + rest);
    }
}
