using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Ticketing.EmbeddedDapr.Bindings;

/// <summary>Go's <c>strconv.Unquote</c>, by which Dapr's mail bindings read their data.</summary>
internal static class GoString
{
    /// <summary>False where Go answers <c>invalid syntax</c>.</summary>
    public static bool TryUnquote(string quoted, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (quoted.Length < 2 || quoted[^1] != quoted[0])
            return false;
        var inner = quoted[1..^1];
        switch (quoted[0])
        {
            case '`' when !inner.Contains('`', StringComparison.Ordinal):
                text = inner.Replace("\r", "", StringComparison.Ordinal);
                return true;
            case '"' or '\'':
                return TryUnescape(inner, quoted[0], out text);
            default:
                return false;
        }
    }

    private static bool TryUnescape(string inner, char quote, [NotNullWhen(true)] out string? text)
    {
        text = null;
        // Bytes, since \x and octal escapes give single ones.
        using var bytes = new MemoryStream();
        var characters = 0;
        for (var rest = inner.AsSpan(); rest.Length > 0; characters++)
        {
            if (rest[0] == quote || rest[0] == '\n')
                return false;
            if (rest[0] != '\\')
            {
                Rune.DecodeFromUtf16(rest, out var rune, out var used);
                Write(rune.Value);
                rest = rest[used..];
            }
            else if (!TryEscape(ref rest))
                return false;
        }
        text = Encoding.UTF8.GetString(bytes.ToArray());
        return quote == '"' || characters == 1;

        bool TryEscape(ref ReadOnlySpan<char> rest)
        {
            if (rest.Length < 2)
                return false;
            var kind = rest[1];
            rest = rest[2..];
            if (@"abfnrtv\".IndexOf(kind, StringComparison.Ordinal) is >= 0 and var simple)
                bytes.WriteByte("\a\b\f\n\r\t\v\\"u8[simple]);
            else if (kind == quote)
                bytes.WriteByte((byte)quote);
            else if (kind is 'x' && TryNumber(ref rest, 2, out var single))
                bytes.WriteByte((byte)single);
            else if (kind is 'u' or 'U' && TryNumber(ref rest, kind == 'u' ? 4 : 8, out var code) && Rune.IsValid(code))
                Write(code);
            else if (kind is >= '0' and <= '7')
                return TryOctal(kind, ref rest);
            else
                return false;
            return true;
        }

        bool TryOctal(char first, ref ReadOnlySpan<char> rest)
        {
            if (rest.Length < 2 || rest[0] is < '0' or > '7' || rest[1] is < '0' or > '7')
                return false;
            var value = (first - '0') * 64 + (rest[0] - '0') * 8 + (rest[1] - '0');
            rest = rest[2..];
            bytes.WriteByte((byte)value);
            return value <= byte.MaxValue;
        }

        void Write(int rune)
        {
            Span<byte> utf8 = stackalloc byte[4];
            bytes.Write(utf8[..new Rune(rune).EncodeToUtf8(utf8)]);
        }
    }

    private static bool TryNumber(ref ReadOnlySpan<char> rest, int digits, out int number)
    {
        number = 0;
        if (
            rest.Length < digits
            || !int.TryParse(rest[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        )
            return false;
        rest = rest[digits..];
        return true;
    }
}
