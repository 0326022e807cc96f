using CsCheck;
using Ticketing.ServiceDefaults;

namespace Ticketing.Shared.Tests.ServiceDefaults;

public sealed class TextFoldingTests
{
    [Theory]
    [InlineData("Łódź", "lodz")]
    [InlineData("Straße STRASSE", "strasse strasse")]
    [InlineData("Ørsted Þór Æsir Đặng", "orsted thor aesir dang")]
    [InlineData("İstanbul I\u0307stanbul ıstanbul", "istanbul istanbul istanbul")]
    [InlineData("Joa\u0303o JOÃO", "joao joao")]
    [InlineData("Елена ЕЛЕНА", "elena elena")]
    [InlineData("D'Ávila-Luz,  O’Brien\t(filho)", "d avila luz o brien filho")]
    [InlineData("😀 Zé 👩‍👩‍👧", "ze")]
    [InlineData("%", "")]
    [InlineData("100%_a\\b", "100 a b")]
    [InlineData("\ud800 Zé", "ze")]
    [InlineData("– ·", "")]
    [InlineData("", "")]
    public void Text_is_plain_letters_however_it_is_written(string text, string folded) =>
        Assert.Equal(folded, TextFolding.Fold(text));

    [Fact]
    public void Whatever_is_folded_is_words_and_stays_as_it_is() =>
        Gen.OneOf(
                Gen.String[0, 60],
                Gen.String[Gen.Char["aeiouçãõáéíóúâêôàü ÁÉÍÕÇŁßØÞİı\u0301\u0327日Ж-_%\\'0123456789"], 0, 60]
            )
            .Sample(text =>
            {
                var folded = TextFolding.Fold(text);
                Assert.All(folded, c => Assert.True(c == ' ' || char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)));
                Assert.Equal(folded, string.Join(' ', folded.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
                Assert.Equal(folded, TextFolding.Fold(folded.ToUpperInvariant()));
            });

    [Fact]
    public void What_is_long_is_cut_where_it_is_stored_and_where_it_is_asked_for()
    {
        var key = TextFolding.Key(new string('㌖', 1_000), 200);
        Assert.Equal(200, key.Length);
        Assert.StartsWith(TextFolding.Key("㌖", 200), key);
    }
}
