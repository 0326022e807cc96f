using System.Globalization;
using CsCheck;
using Ticketing.Sandbox.Pix;

namespace Ticketing.Payments.Tests;

public sealed class BrCodeTests
{
    private static readonly Gen<string> Text = Gen.String[
        Gen.OneOf(Gen.Char['a', 'z'], Gen.Char['À', 'ÿ'], Gen.Char),
        0,
        60
    ];

    [Theory]
    [InlineData("", "29B1", "123456789")]
    [InlineData(
        "6304",
        "25A1",
        "00020126330014BR.GOV.BCB.PIX011197212482404520400005303986540530.005802BR5918Victor Julio Rocha6006RECIFE62110507VIPSURF"
    )]
    [InlineData(
        "6304",
        "3A81",
        "00020126410014br.gov.bcb.pix0119rayane@alvoz.com.br5204000053039865802BR5901N6001C62070503***"
    )]
    [InlineData(
        "6304",
        "1D3D",
        "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***"
    )]
    [InlineData(
        "6304",
        "64E4",
        "00020101021226700014br.gov.bcb.pix2548pix.example.com/8b3da2f39a4140d1a91abd93113bd4415204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***"
    )]
    public void The_checksum_is_that_of_public_codes(string crcField, string crc, string fields) =>
        Assert.Equal(crc, BrCode.Crc16(fields + crcField).ToString("X4", CultureInfo.InvariantCulture));

    [Fact]
    public void A_dynamic_code_is_as_the_Central_Bank_shows_it() =>
        Assert.Equal(
            "00020101021226700014br.gov.bcb.pix2548pix.example.com/8b3da2f39a4140d1a91abd93113bd441"
                + "5204000053039865406123.455802BR5913Fulano de Tal6008BRASILIA62070503***",
            BrCode.Dynamic("pix.example.com/8b3da2f39a4140d1a91abd93113bd441", 12345, "Fulano de Tal", "BRASILIA")[..^8]
        );

    [Fact]
    public void Every_code_reads_back() =>
        Gen.Select(Gen.String[Gen.Char['!', '~'], 1, 77], Gen.Long[1, 100_000_000], Text, Text)
            .Sample(
                (location, amount, name, city) =>
                {
                    var code = BrCode.Dynamic(location, amount, name, city);

                    Assert.All(code, c => Assert.InRange(c, ' ', '~'));
                    Assert.Equal(BrCode.Crc16(code[..^4]).ToString("X4", CultureInfo.InvariantCulture), code[^4..]);
                    var fields = Read(code);
                    var account = Read(fields["26"]);
                    Assert.Equal(("br.gov.bcb.pix", location), (account["00"], account["25"]));
                    Assert.Equal(amount, (long)(decimal.Parse(fields["54"], CultureInfo.InvariantCulture) * 100));
                    Assert.InRange(fields["59"].Length, 1, BrCode.MaxName);
                    Assert.InRange(fields["60"].Length, 1, BrCode.MaxCity);
                }
            );

    [Theory]
    [InlineData("Ingressos São João Produções e Eventos Ltda", "Ingressos Sao Joao Produc")]
    [InlineData("Conceição", "Conceicao")]
    [InlineData("  ", "N")]
    [InlineData("日本", "N")]
    public void Accents_are_dropped_and_length_is_limited(string name, string plain) =>
        Assert.Equal(plain, BrCode.Plain(name, BrCode.MaxName));

    [Fact]
    public void A_field_that_does_not_fit_is_refused() =>
        Assert.Throws<ArgumentException>(() => BrCode.Dynamic(new string('x', 78), 1, "Name", "City"));

    private static Dictionary<string, string> Read(string text)
    {
        var fields = new Dictionary<string, string>();
        for (var i = 0; i < text.Length; )
        {
            var length = int.Parse(text.AsSpan(i + 2, 2), CultureInfo.InvariantCulture);
            Assert.InRange(length, 1, BrCode.MaxField);
            fields.Add(text[i..(i + 2)], text.Substring(i + 4, length));
            i += 4 + length;
        }
        return fields;
    }
}
