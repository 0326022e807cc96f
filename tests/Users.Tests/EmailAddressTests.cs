using CsCheck;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Tests;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData(" Ana.Silva+x@Example.COM ", "ana.silva+x@example.com")]
    [InlineData("ana@ingressos.São.br", "ana@ingressos.xn--so-sia.br")]
    [InlineData("a@b.co", "a@b.co")]
    public void The_same_address_is_always_written_the_same(string text, string expected)
    {
        Assert.True(EmailAddress.TryNormalize(text, out var address));
        Assert.Equal(expected, address);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ana")]
    [InlineData("@example.com")]
    [InlineData("ana@")]
    [InlineData("ana@localhost")]
    [InlineData("ana@example.")]
    [InlineData("ana@.example.com")]
    [InlineData("ana@@example.com")]
    [InlineData("ana silva@example.com")]
    [InlineData("ana@exam ple.com")]
    [InlineData("ana..silva@example.com")]
    [InlineData(".ana@example.com")]
    [InlineData("Ana <ana@example.com>")]
    [InlineData("ana\0@example.com")]
    [InlineData("ana\r\nBcc: x@example.com")]
    [InlineData("aná@example.com")]
    public void What_is_no_address_is_refused(string? text) => Assert.False(EmailAddress.TryNormalize(text, out _));

    [Fact]
    public void Writing_it_once_more_changes_nothing() =>
        Gen.Select(Gen.String[Gen.Char["abcXYZ019._+-"], 1, 70], Gen.String[Gen.Char["abcXYZ019.-ãé"], 1, 70])
            .Sample(
                (local, domain) =>
                    !EmailAddress.TryNormalize($"{local}@{domain}", out var once)
                    || (
                        EmailAddress.TryNormalize(once.ToUpperInvariant(), out var twice)
                        && once == twice
                        && once.All(c => c is > ' ' and < '\x7f')
                    )
            );
}
