namespace Ticketing.Orders.Checkout;

/// <summary>Brazilian taxpayer number: nine digits and two check digits (Receita Federal, modulo 11).</summary>
internal static class Cpf
{
    private const int Digits = 11;

    /// <summary>The eleven digits, or null when it is none; takes "529.982.247-25" and "52998224725".</summary>
    public static string? Normalize(string text)
    {
        var digits = text.Replace(".", "", StringComparison.Ordinal)
            .Replace("-", "", StringComparison.Ordinal)
            .Trim();
        if (digits.Length != Digits || !digits.All(char.IsAsciiDigit))
            return null;
        // All the same digit satisfies the check, but is never given out.
        return
            digits.Distinct().Count() > 1
            && digits[9] == CheckDigit(digits.AsSpan(0, 9))
            && digits[10] == CheckDigit(digits.AsSpan(0, 10))
            ? digits
            : null;
    }

    internal static char CheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
            sum += (digits[i] - '0') * (digits.Length + 1 - i);
        var rest = sum * 10 % 11 % 10;
        return (char)('0' + rest);
    }
}
