using System.Buffers.Binary;
using System.IO.Compression;

namespace Ticketing.Payments.BrCodes;

/// <summary>A QR code as a PNG: black and white, one bit a pixel.</summary>
internal static class QrImage
{
    private const int PixelsPerModule = 6;

    /// <summary>Modules; what readers need around the code.</summary>
    private const int QuietZone = 4;

    /// <summary>PNG's filter of a line: it says how it differs from the one above.</summary>
    private const byte Up = 2;

    /// <summary>A PNG as a data: URI.</summary>
    public static string DataUri(string text)
    {
        var code = QrCode.Encode(text);
        var pixels = (code.GetLength(0) + 2 * QuietZone) * PixelsPerModule;
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, pixels);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), pixels);
        header[8] = 1;
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "IDAT"u8, Compress(Lines(code, pixels)));
        WriteChunk(png, "IEND"u8, []);
        return "data:image/png;base64," + Convert.ToBase64String(png.GetBuffer(), 0, (int)png.Length);
    }

    private static byte[] Lines(bool[,] code, int pixels)
    {
        var stride = 1 + (pixels + 7) / 8;
        var lines = new byte[stride * pixels];
        var above = new byte[stride];
        var line = new byte[stride];
        for (var y = 0; y < pixels; y++)
        {
            lines[y * stride] = Up;
            // The lines of a module are alike: all but the first say only that.
            if (y % PixelsPerModule != 0)
                continue;
            Draw(code, y / PixelsPerModule - QuietZone, line.AsSpan(1));
            for (var i = 1; i < stride; i++)
                lines[y * stride + i] = (byte)(line[i] - above[i]);
            (line, above) = (above, line);
        }
        return lines;
    }

    private static void Draw(bool[,] code, int row, Span<byte> line)
    {
        line.Fill(0xFF);
        if (row < 0 || row >= code.GetLength(0))
            return;
        for (var x = 0; x < code.GetLength(1); x++)
            if (code[row, x])
                for (
                    var pixel = (x + QuietZone) * PixelsPerModule;
                    pixel < (x + QuietZone + 1) * PixelsPerModule;
                    pixel++
                )
                    line[pixel >> 3] &= (byte)~(0x80 >> (pixel & 7));
    }

    private static byte[] Compress(byte[] lines)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(lines);
        return compressed.ToArray();
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        var from = (int)png.Position;
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(png.GetBuffer().AsSpan(from, (int)png.Position - from)));
        png.Write(number);
    }

    private static readonly uint[] CrcOfByte =
    [
        .. Enumerable
            .Range(0, 256)
            .Select(n =>
                Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) != 0 ? c >> 1 ^ 0xEDB88320 : c >> 1)
            ),
    ];

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var octet in data)
            crc = CrcOfByte[(crc ^ octet) & 0xFF] ^ crc >> 8;
        return ~crc;
    }
}
