using System.Text;

namespace Ticketing.Payments.BrCodes;

/// <summary>
/// A QR code (ISO/IEC 18004) of a text: bytes, level M (15 % may be lost), versions 1 to 20. Always with the same mask:
/// readers take any of the eight, and scoring them all is most of what other encoders spend.
/// </summary>
internal static class QrCode
{
    private const int MaxVersion = 20;
    private const int ByteMode = 0b0100;

    // Level M and mask 0 are both written as zeros.
    private const int Format = 0;

    // Of level M, by version.
    private static readonly int[] CorrectionOfBlock =
    [
        0,
        10,
        16,
        26,
        18,
        24,
        16,
        18,
        22,
        22,
        26,
        30,
        22,
        22,
        24,
        24,
        28,
        28,
        26,
        26,
        26,
    ];
    private static readonly int[] Blocks = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];

    /// <returns>By row and column; true is dark. Without the quiet zone.</returns>
    public static bool[,] Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var version = 1;
        while (8 * DataLength(version) < 4 + CountBits(version) + 8 * bytes.Length)
            if (++version > MaxVersion)
                throw new ArgumentException($"{bytes.Length} bytes are too many.", nameof(text));
        var size = 17 + 4 * version;
        var (dark, taken) = (new bool[size, size], new bool[size, size]);
        DrawPatterns(version, size, dark, taken);
        DrawData(size, dark, taken, WithCorrection(version, DataOf(version, bytes)));
        return dark;
    }

    private static int CountBits(int version) => version < 10 ? 8 : 16;

    /// <summary>All bytes of the symbol.</summary>
    private static int Length(int version)
    {
        var bits = (16 * version + 128) * version + 64;
        if (version >= 2)
        {
            var alignments = version / 7 + 2;
            bits -= (25 * alignments - 10) * alignments - 55;
        }
        return (version >= 7 ? bits - 36 : bits) / 8;
    }

    private static int DataLength(int version) => Length(version) - CorrectionOfBlock[version] * Blocks[version];

    private static byte[] DataOf(int version, byte[] bytes)
    {
        var data = new byte[DataLength(version)];
        var at = 0;
        Write(ByteMode, 4);
        Write(bytes.Length, CountBits(version));
        foreach (var octet in bytes)
            Write(octet, 8);
        // Up to four zeros end the text; the rest is filled by two bytes in turn.
        for (
            var (i, pad) = ((Math.Min(at + 4, 8 * data.Length) + 7) / 8, 0xEC);
            i < data.Length;
            i++, pad ^= 0xEC ^ 0x11
        )
            data[i] = (byte)pad;
        return data;

        void Write(int value, int bits)
        {
            for (var bit = bits - 1; bit >= 0; bit--, at++)
                data[at >> 3] |= (byte)((value >> bit & 1) << (7 - (at & 7)));
        }
    }

    /// <summary>Blocks of data with their Reed-Solomon codes, interleaved.</summary>
    private static byte[] WithCorrection(int version, byte[] data)
    {
        var (all, blocks, correction) = (Length(version), Blocks[version], CorrectionOfBlock[version]);
        var shortBlocks = blocks - all % blocks;
        var shortLength = all / blocks - correction;
        var generator = ReedSolomon.Generator(correction);
        var result = new byte[all];
        for (var (block, from) = (0, 0); block < blocks; block++)
        {
            var length = block < shortBlocks ? shortLength : shortLength + 1;
            var part = data.AsSpan(from, length);
            from += length;
            // Short blocks are skipped in the last round of data.
            for (var i = 0; i < length; i++)
                result[i * blocks + (i < shortLength ? block : block - shortBlocks)] = part[i];
            var codes = ReedSolomon.Remainder(part, generator);
            for (var i = 0; i < correction; i++)
                result[data.Length + i * blocks + block] = codes[i];
        }
        return result;
    }

    private static void DrawPatterns(int version, int size, bool[,] dark, bool[,] taken)
    {
        for (var i = 0; i < size; i++)
        {
            Set(6, i, i % 2 == 0);
            Set(i, 6, i % 2 == 0);
        }
        foreach (var (x, y) in new[] { (3, 3), (size - 4, 3), (3, size - 4) })
            Rings(x, y, 4, distance => distance is not (2 or 4));
        var centres = Alignments(version, size);
        foreach (var x in centres)
        foreach (var y in centres)
            // Not in the three corners of the finders.
            if (!(x == 6 && y == 6 || x == 6 && y == size - 7 || x == size - 7 && y == 6))
                Rings(x, y, 2, distance => distance != 1);
        DrawFormat();
        if (version >= 7)
            DrawVersion();

        void Set(int x, int y, bool value) => (dark[y, x], taken[y, x]) = (value, true);

        void Rings(int x, int y, int radius, Func<int, bool> isDark)
        {
            for (var dy = -radius; dy <= radius; dy++)
            for (var dx = -radius; dx <= radius; dx++)
                if (x + dx >= 0 && x + dx < size && y + dy >= 0 && y + dy < size)
                    Set(x + dx, y + dy, isDark(Math.Max(Math.Abs(dx), Math.Abs(dy))));
        }

        void DrawFormat()
        {
            var bits = (Format << 10 | Check(Format, 10, 0x537)) ^ 0x5412;
            for (var i = 0; i < 15; i++)
            {
                var value = (bits >> i & 1) != 0;
                // Beside the first finder, around the timing patterns.
                if (i < 8)
                    Set(8, i < 6 ? i : i + 1, value);
                else
                    Set(i == 8 ? 7 : 14 - i, 8, value);
                // Split between the other two.
                if (i < 8)
                    Set(size - 1 - i, 8, value);
                else
                    Set(8, size - 15 + i, value);
            }
            Set(8, size - 8, true);
        }

        void DrawVersion()
        {
            var bits = version << 12 | Check(version, 12, 0x1F25);
            for (var i = 0; i < 18; i++)
            {
                var value = (bits >> i & 1) != 0;
                Set(size - 11 + i % 3, i / 3, value);
                Set(i / 3, size - 11 + i % 3, value);
            }
        }
    }

    /// <summary>The remainder of a BCH code.</summary>
    private static int Check(int value, int bits, int polynomial)
    {
        for (var i = 0; i < bits; i++)
            value = value << 1 ^ (value >> (bits - 1)) * polynomial;
        return value;
    }

    private static int[] Alignments(int version, int size)
    {
        if (version == 1)
            return [];
        var centres = new int[version / 7 + 2];
        var step = (version * 8 + centres.Length * 3 + 5) / (centres.Length * 4 - 4) * 2;
        for (var i = 0; i < centres.Length; i++)
            centres[i] = i == 0 ? 6 : size - 7 - (centres.Length - 1 - i) * step;
        return centres;
    }

    /// <summary>In columns of two from the right, up and down by turns; a checkerboard is laid over it.</summary>
    private static void DrawData(int size, bool[,] dark, bool[,] taken, byte[] data)
    {
        var at = 0;
        for (var right = size - 1; right >= 1; right -= 2)
        {
            // The timing pattern has a column of its own.
            if (right == 6)
                right = 5;
            for (var step = 0; step < size; step++)
            for (var x = right; x > right - 2; x--)
            {
                var y = (right + 1 & 2) == 0 ? size - 1 - step : step;
                if (taken[y, x])
                    continue;
                var value = at < 8 * data.Length && (data[at >> 3] >> (7 - (at & 7)) & 1) != 0;
                dark[y, x] = value ^ (x + y) % 2 == 0;
                at++;
            }
        }
    }
}

/// <summary>Over the field of 256 elements with the polynomial 11D.</summary>
internal static class ReedSolomon
{
    private static readonly byte[] Powers = new byte[510];
    private static readonly byte[] Logarithms = new byte[256];

    static ReedSolomon()
    {
        for (var (i, value) = (0, 1); i < 255; i++)
        {
            Powers[i] = Powers[i + 255] = (byte)value;
            Logarithms[value] = (byte)i;
            value = value << 1 ^ (value >> 7) * 0x11D;
        }
    }

    private static byte Multiply(byte a, byte b) => a == 0 || b == 0 ? (byte)0 : Powers[Logarithms[a] + Logarithms[b]];

    /// <summary>The coefficients after the first, which is one; the highest power first.</summary>
    public static byte[] Generator(int degree)
    {
        var generator = new byte[degree];
        generator[^1] = 1;
        for (var root = 0; root < degree; root++)
        for (var i = 0; i < degree; i++)
            generator[i] = (byte)(Multiply(generator[i], Powers[root]) ^ (i + 1 < degree ? generator[i + 1] : 0));
        return generator;
    }

    public static byte[] Remainder(ReadOnlySpan<byte> data, byte[] generator)
    {
        var remainder = new byte[generator.Length];
        foreach (var octet in data)
        {
            var factor = (byte)(octet ^ remainder[0]);
            Array.Copy(remainder, 1, remainder, 0, remainder.Length - 1);
            remainder[^1] = 0;
            for (var i = 0; i < generator.Length; i++)
                remainder[i] ^= Multiply(generator[i], factor);
        }
        return remainder;
    }
}
