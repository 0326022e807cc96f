using System.Buffers.Binary;

namespace Ticketing.Pdf;

/// <summary>A JPEG as it is: PDF shows it without anybody decoding it here.</summary>
/// <param name="IsGrey">One channel; else three.</param>
public sealed record Picture(byte[] Jpeg, int Width, int Height, bool IsGrey)
{
    /// <summary>Of either side, in pixels: what a viewer can be asked to hold.</summary>
    private const int MaxSide = 10_000;

    /// <summary>Null for what is no JPEG of one or three channels with 8 bits each, whatever it calls itself.</summary>
    public static Picture? Read(byte[] data)
    {
        if (data is not [0xFF, 0xD8, ..])
            return null;
        for (var at = 2; at + 9 < data.Length; )
        {
            if (data[at] != 0xFF)
                return null;
            var marker = data[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }
            // The frame's header, but for tables (C4, CC) and reserved (C8): baseline, extended, progressive.
            if (marker is 0xC0 or 0xC1 or 0xC2)
                return Of(data, at + 4);
            if (marker is (>= 0xC3 and <= 0xCF and not (0xC4 or 0xCC)) or 0xD9 or 0xDA)
                return null;
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(at + 2));
        }
        return null;
    }

    private static Picture? Of(byte[] data, int at)
    {
        var (bits, channels) = (data[at], data[at + 5]);
        int height = BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(at + 1));
        int width = BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(at + 3));
        return bits == 8 && channels is 1 or 3 && width is > 0 and <= MaxSide && height is > 0 and <= MaxSide
            ? new(data, width, height, channels == 1)
            : null;
    }
}
