using System.Buffers.Binary;

namespace Ticketing.Events.Pictures;

/// <summary>
/// JPEGs (ITU-T T.81) of strangers. Nothing here decodes them; what is no picture is left out of them: where and by whom it was
/// taken (Exif, XMP), previews, comments, and whatever follows its end.
/// </summary>
internal static class Jpeg
{
    public const string MediaType = "image/jpeg";
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Of either side, in pixels.</summary>
    public const int MaxSide = 4000;

    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    /// <summary>Bits, height, width and number of channels, in bytes.</summary>
    private const int FrameFields = 6;

    /// <returns>Null for what is no whole baseline or progressive picture of one or three channels.</returns>
    public static byte[]? Clean(ReadOnlySpan<byte> data)
    {
        if (data is not [0xFF, StartOfImage, ..])
            return null;
        using var clean = new MemoryStream(data.Length);
        clean.Write(data[..2]);
        var rest = data[2..];
        var (hasFrame, hasScan) = (false, false);
        while (rest is [0xFF, var marker, ..])
        {
            // Fill bytes may stand before a marker.
            if (marker == 0xFF)
            {
                rest = rest[1..];
                continue;
            }
            if (marker == EndOfImage)
            {
                clean.Write(rest[..2]);
                return hasScan ? clean.ToArray() : null;
            }
            var segment = SegmentOf(rest);
            if (segment.IsEmpty)
                return null;
            var body = segment[4..];
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2 when !hasFrame && IsShown(body):
                    hasFrame = true;
                    clean.Write(segment);
                    break;
                // Tables of codes and of quantization, the restart interval.
                case 0xC4 or 0xDB or 0xDD:
                // How its colours are meant.
                case 0xE0 when body.StartsWith("JFIF\0"u8):
                case 0xE2 when body.StartsWith("ICC_PROFILE\0"u8):
                case 0xEE when body.StartsWith("Adobe"u8):
                case StartOfScan when hasFrame:
                    clean.Write(segment);
                    break;
                case >= 0xE0 and <= 0xEF or 0xFE:
                    break;
                default:
                    return null;
            }
            rest = rest[segment.Length..];
            if (marker == StartOfScan)
            {
                var codes = rest[..CodesOf(rest)];
                clean.Write(codes);
                rest = rest[codes.Length..];
                hasScan = true;
            }
        }
        return null;
    }

    /// <summary>With its marker and its length; empty when it is cut off.</summary>
    private static ReadOnlySpan<byte> SegmentOf(ReadOnlySpan<byte> data)
    {
        if (data.Length < 4)
            return default;
        var length = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
        return length < 2 || length + 2 > data.Length ? default : data[..(length + 2)];
    }

    /// <summary>What browsers and PDF readers show: eight bits, grey or three colours, of a size that they can hold.</summary>
    private static bool IsShown(ReadOnlySpan<byte> frame) =>
        frame.Length >= FrameFields
        && frame[0] == 8
        && BinaryPrimitives.ReadUInt16BigEndian(frame[1..]) is > 0 and <= MaxSide
        && BinaryPrimitives.ReadUInt16BigEndian(frame[3..]) is > 0 and <= MaxSide
        && frame[5] is 1 or 3;

    /// <summary>How long a scan goes on: in it 0xFF is followed by zero, or by a restart.</summary>
    private static int CodesOf(ReadOnlySpan<byte> data)
    {
        for (var at = 0; ; at += 2)
        {
            var next = data[at..].IndexOf((byte)0xFF);
            if (next < 0 || at + next + 1 >= data.Length)
                return data.Length;
            at += next;
            if (data[at + 1] is not (0x00 or (>= 0xD0 and <= 0xD7)))
                return at;
        }
    }
}
