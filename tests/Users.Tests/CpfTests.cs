using CsCheck;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.Tests;

public sealed class CpfTests
{
    private static readonly Gen<string> NineDigits = Gen.Char['0', '9'].Array[9].Select(c => new string(c));

    /// <summary>A valid CPF, by the rule in the words of the Receita Federal: 11 minus the rest; 10 and 11 are 0.</summary>
    internal static readonly Gen<string> Valid = NineDigits
        .Where(d => d.Distinct().Count() > 1)
        .Select(d => d + Digit(d))
        .Select(d => d + Digit(d));

    private static int Digit(string digits)
    {
        var sum = digits.Reverse().Select((c, i) => (c - '0') * (i + 2)).Sum();
        return 11 - sum % 11 is var rest and < 10 ? rest : 0;
    }

    [Fact]
    public void Every_number_with_right_check_digits_is_taken_with_and_without_punctuation() =>
        Valid.Sample(cpf =>
        {
            var written = $"{cpf[..3]}.{cpf[3..6]}.{cpf[6..9]}-{cpf[9..]}";
            return Cpf.TryParse(cpf, out var plain)
                && Cpf.TryParse(written, out var punctuated)
                && plain == cpf
                && punctuated == cpf;
        });

    [Fact]
    public void A_wrong_check_digit_is_refused() =>
        Gen.Select(Valid, Gen.Int[9, 10], Gen.Int[1, 9])
            .Sample(
                (cpf, place, shift) =>
                {
                    var wrong = cpf.ToCharArray();
                    wrong[place] = (char)('0' + (wrong[place] - '0' + shift) % 10);
                    return !Cpf.TryParse(new string(wrong), out _);
                }
            );

    [Fact]
    public void The_mask_shows_six_digits_and_no_more() =>
        Valid.Sample(cpf =>
        {
            var mask = Cpf.Mask(cpf);
            return mask.Length == 14 && string.Concat(mask.Where(char.IsDigit)) == cpf[3..9];
        });

    [Fact]
    public void Anything_else_is_refused_without_an_exception() =>
        Gen.OneOf(Gen.String[0, 20], Gen.String[Gen.Char["0123456789.-"], 0, 15])
            .Sample(text =>
                Cpf.TryParse(text, out var digits)
                    ? digits.Length == 11 && digits.All(char.IsAsciiDigit)
                    : digits is null
            );

    [Fact]
    public void Eleven_equal_digits_are_refused() =>
        Assert.All("0123456789", digit => Assert.False(Cpf.TryParse(new string(digit, 11), out _)));

    [Theory]
    [InlineData("529.982.247-25", true)]
    [InlineData("52998224725", true)]
    [InlineData("529.982.247-26", false)]
    [InlineData("529-982-247.25", false)]
    [InlineData(" 52998224725", false)]
    [InlineData("٥٢٩٩٨٢٢٤٧٢٥", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Known_numbers(string? text, bool valid) => Assert.Equal(valid, Cpf.TryParse(text, out _));
}
