using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Ticketing.EmbeddedDapr.Invocation;

/// <summary>
/// A path as daprd 1.18 hands it on: decoded if encoding it again gives what came, else as it came; dot segments and
/// doubled slashes are resolved; then it is read as a URL once more. What that reading refuses (a percent sign that
/// begins no escape, control characters, bytes that are no UTF-8) or takes for something else (? and #) does not arrive.
/// </summary>
internal static class ForwardedPath
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>What Go does not encode in a path by itself.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create(Alphanumeric + "-_.~$&+,/:;=@");

    /// <summary>What Go leaves as it is where it stands in a path.</summary>
    private static readonly SearchValues<char> Accepted = SearchValues.Create(Alphanumeric + "-_.~$&+,/:;=@!'()*[]%");

    /// <returns>Null: it cannot be forwarded.</returns>
    public static string? Of(string raw, bool keepTrailingSlash)
    {
        var path = raw;
        if (raw.AsSpan().ContainsAnyExcept(Plain))
        {
            if (Decode(raw) is not { } decoded)
            {
                return null;
            }
            var method = Encode(decoded, Plain) == raw ? decoded : raw;
            if (Read(method) is not { } read)
            {
                return null;
            }
            path = read;
        }
        return Clean(path, keepTrailingSlash);
    }

    private static string? Decode(string raw)
    {
        var bytes = new List<byte>(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '%')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(raw, i, 1));
            }
            else if (EscapeAt(raw, i) is { } value)
            {
                bytes.Add(value);
                i += 2;
            }
            else
            {
                return null;
            }
        }
        var span = bytes.ToArray();
        return Utf8.IsValid(span) ? Encoding.UTF8.GetString(span) : null;
    }

    /// <summary>As a URL is read that this path is put into.</summary>
    private static string? Read(string method)
    {
        for (var i = 0; i < method.Length; i++)
        {
            if (method[i] is < ' ' or '\x7f' or '?' or '#' || (method[i] == '%' && EscapeAt(method, i) is null))
            {
                return null;
            }
        }
        return Encode(method, Accepted);
    }

    private static string Encode(string text, SearchValues<char> kept)
    {
        var encoded = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && kept.Contains((char)rune.Value))
            {
                encoded.Append((char)rune.Value);
                continue;
            }
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }
        return encoded.ToString();
    }

    private static byte? EscapeAt(string text, int at) =>
        byte.TryParse(
            text.AsSpan(at + 1, Math.Min(2, text.Length - at - 1)),
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out var value
        )
        && text.Length > at + 2
            ? value
            : null;

    private static string Clean(string path, bool keepTrailingSlash)
    {
        var ends = path.Length > 1 && path.EndsWith('/');
        if (
            !(ends && !keepTrailingSlash)
            && !path.Contains("//", StringComparison.Ordinal)
            && !path.Contains("/.", StringComparison.Ordinal)
        )
        {
            return path;
        }
        var kept = new List<string>();
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == "..")
            {
                kept.RemoveRange(Math.Max(kept.Count - 1, 0), Math.Min(kept.Count, 1));
            }
            else if (segment != ".")
            {
                kept.Add(segment);
            }
        }
        return "/" + string.Join('/', kept) + (ends && keepTrailingSlash && kept.Count > 0 ? "/" : "");
    }
}
