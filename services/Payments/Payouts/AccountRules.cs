using System.Text.RegularExpressions;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Payouts;

/// <summary>What a payout account must look like, and how it is kept: without the signs that people write for their eyes.</summary>
internal static partial class AccountRules
{
    private const int CnpjLength = 14;
    private const int IbanModulus = 97;

    /// <exception cref="ProblemException">422, of the first field that is wrong.</exception>
    public static AccountDetails Read(PayoutAccount given)
    {
        var holder = given.Holder.Trim();
        if (holder.Length is 0 or > PayoutAccount.MaxHolder || holder.Any(char.IsControl))
            throw ProblemException.Invalid("holder", $"1 to {PayoutAccount.MaxHolder} characters, as the bank has it.");
        if (TaxId(given.TaxId) is not { } taxId)
            throw ProblemException.Invalid("taxId", "A CPF or a CNPJ.");
        var (pixKey, iban) = (Given(given.PixKey), Given(given.Iban));
        if (pixKey is null && iban is null)
            throw ProblemException.Invalid("pixKey", "A Pix key, for reais, or an IBAN, for other currencies.");
        return new(
            holder,
            taxId,
            pixKey is null
                ? null
                : PixKey(pixKey)
                    ?? throw ProblemException.Invalid(
                        "pixKey",
                        "A CPF, a CNPJ, an e-mail address, a phone number as +5511987654321, or a random key."
                    ),
            iban is null
                ? null
                : Iban(iban) ?? throw ProblemException.Invalid("iban", "An IBAN, as DE89 3704 0044 0532 0130 00.")
        );
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string? TaxId(string text)
    {
        var plain = Punctuation().Replace(text, "").ToUpperInvariant();
        return CpfDigits.AreValid(plain) || IsCnpj(plain) ? plain : null;
    }

    /// <summary>
    /// Cadastro Nacional da Pessoa Jurídica: twelve digits or letters and two check digits, weighted sums modulo 11 of their ASCII codes
    /// less 48 (Receita Federal, IN RFB 2.229/2024: letters since July 2026).
    /// </summary>
    private static bool IsCnpj(string text) =>
        text.Length == CnpjLength
        && text.All(char.IsAsciiLetterOrDigit)
        && text.Distinct().Count() > 1
        && text[12] == CnpjDigit(text.AsSpan(0, 12))
        && text[13] == CnpjDigit(text.AsSpan(0, 13));

    private static char CnpjDigit(ReadOnlySpan<char> text)
    {
        var sum = 0;
        for (var i = 0; i < text.Length; i++)
            // From the right: 2, 3 … 9, and again.
            sum += (text[i] - '0') * (2 + (text.Length - 1 - i) % 8);
        var rest = sum % 11;
        return (char)('0' + (rest < 2 ? 0 : 11 - rest));
    }

    /// <summary>As DICT has it (Central Bank of Brazil, Manual Operacional do DICT).</summary>
    private static string? PixKey(string text) =>
        Guid.TryParseExact(text, "D", out var random) ? $"{random:D}"
        : text.Contains('@', StringComparison.Ordinal)
            ? EmailAddress.TryNormalize(text, out var mail) && mail.Length <= PayoutAccount.MaxPixKey ? mail
                : null
        : text[0] == '+'
            ? Phone().IsMatch(Spaces().Replace(text, "")) ? Spaces().Replace(text, "")
                : null
        : TaxId(text);

    /// <summary>ISO 13616: what is checked by ISO 7064, mod 97-10.</summary>
    private static string? Iban(string text)
    {
        var plain = Spaces().Replace(text, "").ToUpperInvariant();
        if (!IbanForm().IsMatch(plain))
            return null;
        var rest = 0;
        foreach (var c in plain[4..] + plain[..4])
            rest = char.IsAsciiDigit(c)
                ? (rest * 10 + (c - '0')) % IbanModulus
                : (rest * 100 + (c - 'A' + 10)) % IbanModulus;
        return rest == 1 ? plain : null;
    }

    [GeneratedRegex(@"[.\-/ ]")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"[\s\-()]")]
    private static partial Regex Spaces();

    /// <summary>E.164.</summary>
    [GeneratedRegex(@"^\+[1-9][0-9]{7,14}\z")]
    private static partial Regex Phone();

    [GeneratedRegex(@"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\z")]
    private static partial Regex IbanForm();
}
