using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using HarfBuzzSharp;

namespace Ticketing.Pdf;

/// <summary>
/// A TrueType face of this assembly, parsed once: which glyph shows a character, how wide it is, and the small font
/// that a document needs of it. Documents look the same wherever they are drawn, and no machine needs fonts.
/// </summary>
public sealed class Typeface
{
    public static readonly Typeface Regular = new("OpenSans-Regular", packed: false);
    public static readonly Typeface Bold = new("OpenSans-Bold", packed: false);

    /// <summary>For what those lack, each loaded when a text first needs it or one behind it.</summary>
    public static readonly IReadOnlyList<Lazy<Typeface>> Fallback =
    [
        .. (
            (string[])
                [
                    "NotoSans-Regular",
                    "NotoSansHebrew-Regular",
                    "NotoSansArabic-Regular",
                    "NotoSansDevanagari-Regular",
                    "NotoSansThai-Regular",
                    "NotoEmoji-Regular",
                    "NotoSansSymbols2-Regular",
                    "DroidSansFallbackFull",
                    "NanumGothic",
                    "NotoSansArmenian-Regular",
                    "NotoSansGeorgian-Regular",
                    "NotoSansBengali-Regular",
                    "NotoSansGujarati-Regular",
                    "NotoSansGurmukhi-Regular",
                    "NotoSansKannada-Regular",
                    "NotoSansKhmer-Regular",
                    "NotoSansLao-Regular",
                    "NotoSansMalayalam-Regular",
                    "NotoSansTamil-Regular",
                    "NotoSansTelugu-Regular",
                ]
        ).Select(name => new Lazy<Typeface>(() => new(name, packed: true))),
    ];

    /// <summary>The one fallback that has a bold face of its own; others are drawn bolder.</summary>
    public static readonly Lazy<Typeface> FallbackBold = new(() => new("NotoSans-Bold", packed: true));

    /// <summary>Where Unicode's Latin letters end, but for rare ones.</summary>
    private const int Latin = 0x250;
    private const int ComponentsAreWords = 0x1;
    private const int HasScale = 0x8;
    private const int MoreComponents = 0x20;
    private const int HasTwoScales = 0x40;
    private const int HasMatrix = 0x80;
    private const uint ChecksumOfFont = 0xB1B0AFBA;

    /// <summary>Copied as they are: what hints glyphs.</summary>
    private static readonly string[] Programs = ["cvt ", "fpgm", "prep"];

    private readonly byte[] data;
    private readonly Dictionary<string, Range> tables = [];
    private readonly Dictionary<int, ushort> glyphs = [];

    /// <summary>The first of them, which most texts are made of.</summary>
    private readonly ushort[] latin;
    private readonly double[] widths;
    private readonly bool longOffsets;

    /// <summary>Read by several at once: HarfBuzz changes no font while it shapes.</summary>
    private readonly Lazy<(Font Font, Face Face, Blob File)> shaper;

    private Typeface(string name, bool packed)
    {
        Name = name;
        data = Load(name, packed);
        for (var i = 0; i < U16(4); i++)
        {
            var entry = 12 + 16 * i;
            tables[Encoding.ASCII.GetString(data, entry, 4)] = new(U32(entry + 8), U32(entry + 8) + U32(entry + 12));
        }
        var (head, hhea) = (At("head"), At("hhea"));
        UnitsPerEm = U16(head + 18);
        Box = [S16(head + 36), S16(head + 38), S16(head + 40), S16(head + 42)];
        longOffsets = U16(head + 50) == 1;
        (Ascent, Descent) = (S16(hhea + 4), S16(hhea + 6));
        widths = [.. Enumerable.Range(0, U16(hhea + 34)).Select(i => (double)U16(At("hmtx") + 4 * i) / UnitsPerEm)];
        ReadCharacters(At("cmap"));
        latin = [.. Enumerable.Range(0, Latin).Select(c => glyphs.GetValueOrDefault(c))];
        shaper = new(OpenShaper);
    }

    private static byte[] Load(string name, bool packed)
    {
        using var stream = typeof(Typeface).Assembly.GetManifestResourceStream(name + (packed ? ".ttf.gz" : ".ttf"))!;
        using var bytes = new MemoryStream();
        using var unpacked = packed ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        unpacked.CopyTo(bytes);
        return bytes.ToArray();
    }

    public string Name { get; }
    public int UnitsPerEm { get; }
    public int Ascent { get; }
    public int Descent { get; }

    /// <summary>Around every glyph: left, bottom, right, top.</summary>
    public IReadOnlyList<int> Box { get; }

    /// <summary>0 when the face cannot show it.</summary>
    public ushort GlyphOf(int character) =>
        character < latin.Length ? latin[character] : glyphs.GetValueOrDefault(character);

    /// <summary>In ems.</summary>
    public double WidthOf(ushort glyph) => widths[Math.Min(glyph, widths.Length - 1)];

    /// <summary>The glyphs of a run in the order in which they are drawn, as its script joins, reorders and places them.</summary>
    public List<Glyph> Shape(string run, bool rightToLeft, bool embolden)
    {
        using var buffer = new HarfBuzzSharp.Buffer();
        buffer.AddUtf16(run);
        buffer.GuessSegmentProperties();
        buffer.Direction = rightToLeft ? Direction.RightToLeft : Direction.LeftToRight;
        shaper.Value.Font.Shape(buffer);
        var (infos, positions) = (buffer.GlyphInfos, buffer.GlyphPositions);
        // A cluster's text belongs to its first glyph; a cluster ends where the next one in the text begins.
        var starts = infos.Select(i => (int)i.Cluster).Distinct().Order().ToList();
        var told = new HashSet<int>();
        var glyphs = new List<Glyph>(infos.Length);
        for (var i = 0; i < infos.Length; i++)
        {
            var start = (int)infos[i].Cluster;
            var next = starts.BinarySearch(start) + 1;
            var text = told.Add(start) ? run[start..(next < starts.Count ? starts[next] : run.Length)] : "";
            glyphs.Add(
                new(this, (ushort)infos[i].Codepoint, text, Ems(positions[i].XAdvance))
                {
                    Right = Ems(positions[i].XOffset),
                    Up = Ems(positions[i].YOffset),
                    Embolden = embolden,
                }
            );
        }
        return glyphs;

        double Ems(int units) => (double)units / UnitsPerEm;
    }

    private (Font, Face, Blob) OpenShaper()
    {
        // HarfBuzz reads the file as long as the font lives, which is as long as the process does.
        var file = GCHandle.Alloc(data, GCHandleType.Pinned);
        var blob = new Blob(file.AddrOfPinnedObject(), data.Length, MemoryMode.ReadOnly);
        var face = new Face(blob, 0);
        var font = new Font(face);
        font.SetScale(UnitsPerEm, UnitsPerEm);
        font.SetFunctionsOpenType();
        return (font, face, blob);
    }

    /// <summary>
    /// A font of these glyphs alone, numbered by their place; glyphs that others are composed of are added to the list.
    /// </summary>
    public byte[] Subset(List<ushort> wanted)
    {
        var places = new Dictionary<ushort, int>();
        foreach (var (place, glyph) in wanted.Index())
            places.TryAdd(glyph, place);
        var (outlines, offsets) = (new MemoryStream(), new List<int>());
        for (var place = 0; place < wanted.Count; place++)
        {
            offsets.Add((int)outlines.Length);
            var outline = data[OutlineOf(wanted[place])];
            Renumber(outline, wanted, places);
            outlines.Write(outline);
            while (outlines.Length % 4 != 0)
                outlines.WriteByte(0);
        }
        offsets.Add((int)outlines.Length);

        var loca = new byte[offsets.Count * 4];
        foreach (var (i, offset) in offsets.Index())
            BinaryPrimitives.WriteInt32BigEndian(loca.AsSpan(4 * i), offset);
        var hmtx = new byte[wanted.Count * 4];
        foreach (var (i, glyph) in wanted.Index())
            MetricsOf(glyph).CopyTo(hmtx.AsSpan(4 * i));
        var (head, hhea, maxp) = (data[tables["head"]], data[tables["hhea"]], data[tables["maxp"]]);
        head.AsSpan(8, 4).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(50), 1);
        BinaryPrimitives.WriteUInt16BigEndian(hhea.AsSpan(34), (ushort)wanted.Count);
        BinaryPrimitives.WriteUInt16BigEndian(maxp.AsSpan(4), (ushort)wanted.Count);
        return Assemble([
            .. Programs.Where(tables.ContainsKey).Select(p => (p, data[tables[p]])),
            ("glyf", outlines.ToArray()),
            ("head", head),
            ("hhea", hhea),
            ("hmtx", hmtx),
            ("loca", loca),
            ("maxp", maxp),
        ]);
    }

    /// <summary>A composed outline names its components by number.</summary>
    private static void Renumber(byte[] outline, List<ushort> wanted, Dictionary<ushort, int> places)
    {
        if (outline.Length == 0 || BinaryPrimitives.ReadInt16BigEndian(outline) >= 0)
            return;
        int flags;
        var at = 10;
        do
        {
            flags = BinaryPrimitives.ReadUInt16BigEndian(outline.AsSpan(at));
            var component = BinaryPrimitives.ReadUInt16BigEndian(outline.AsSpan(at + 2));
            if (!places.TryGetValue(component, out var place))
            {
                places[component] = place = wanted.Count;
                wanted.Add(component);
            }
            BinaryPrimitives.WriteUInt16BigEndian(outline.AsSpan(at + 2), (ushort)place);
            at += 4 + ((flags & ComponentsAreWords) != 0 ? 4 : 2);
            at +=
                (flags & HasScale) != 0 ? 2
                : (flags & HasTwoScales) != 0 ? 4
                : (flags & HasMatrix) != 0 ? 8
                : 0;
        } while ((flags & MoreComponents) != 0);
    }

    private static byte[] Assemble(IReadOnlyList<(string Tag, byte[] Data)> parts)
    {
        parts = [.. parts.OrderBy(p => p.Tag, StringComparer.Ordinal)];
        var start = 12 + 16 * parts.Count;
        var font = new byte[start + parts.Sum(p => Padded(p.Data.Length))];
        BinaryPrimitives.WriteUInt32BigEndian(font, 0x00010000);
        BinaryPrimitives.WriteUInt16BigEndian(font.AsSpan(4), (ushort)parts.Count);
        var log = (int)Math.Log2(parts.Count);
        BinaryPrimitives.WriteUInt16BigEndian(font.AsSpan(6), (ushort)(16 << log));
        BinaryPrimitives.WriteUInt16BigEndian(font.AsSpan(8), (ushort)log);
        BinaryPrimitives.WriteUInt16BigEndian(font.AsSpan(10), (ushort)(16 * parts.Count - (16 << log)));
        var head = 0;
        foreach (var (i, (tag, bytes)) in parts.Index())
        {
            bytes.CopyTo(font, start);
            var entry = font.AsSpan(12 + 16 * i, 16);
            Encoding.ASCII.GetBytes(tag, entry);
            BinaryPrimitives.WriteUInt32BigEndian(entry[4..], Checksum(font.AsSpan(start, Padded(bytes.Length))));
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], start);
            BinaryPrimitives.WriteInt32BigEndian(entry[12..], bytes.Length);
            if (tag == "head")
                head = start;
            start += Padded(bytes.Length);
        }
        BinaryPrimitives.WriteUInt32BigEndian(font.AsSpan(head + 8), unchecked(ChecksumOfFont - Checksum(font)));
        return font;

        static int Padded(int length) => (length + 3) & ~3;
    }

    private static uint Checksum(ReadOnlySpan<byte> padded)
    {
        var sum = 0u;
        for (; padded.Length >= 4; padded = padded[4..])
            unchecked
            {
                sum += BinaryPrimitives.ReadUInt32BigEndian(padded);
            }
        return sum;
    }

    /// <summary>The Unicode subtable, format 4 (the basic plane) or 12.</summary>
    private void ReadCharacters(int cmap)
    {
        var best = 0;
        for (var i = 0; i < U16(cmap + 2); i++)
        {
            var table = cmap + U32(cmap + 4 + 8 * i + 4);
            if (U16(cmap + 4 + 8 * i) is 0 or 3 && U16(table) is 4 or 12 && (best == 0 || U16(table) > U16(best)))
                best = table;
        }
        if (U16(best) == 12)
            for (var i = 0; i < U32(best + 12); i++)
            {
                var group = best + 16 + 12 * i;
                for (var c = U32(group); c <= U32(group + 4); c++)
                    glyphs[c] = (ushort)(U32(group + 8) + c - U32(group));
            }
        else
            ReadSegments(best);
    }

    private void ReadSegments(int table)
    {
        var size = U16(table + 6);
        for (var i = 0; i < size; i += 2)
        {
            var (last, first) = (U16(table + 14 + i), U16(table + 16 + size + i));
            var delta = U16(table + 16 + 2 * size + i);
            var at = table + 16 + 3 * size + i;
            var offset = U16(at);
            for (var c = first; c <= last && c != 0xFFFF; c++)
            {
                var glyph = offset == 0 ? c : U16(at + offset + 2 * (c - first));
                if (glyph != 0 || offset == 0)
                    glyphs[c] = (ushort)(glyph + delta);
            }
        }
    }

    private Range OutlineOf(ushort glyph)
    {
        var (loca, glyf) = (At("loca"), At("glyf"));
        return longOffsets
            ? (glyf + U32(loca + 4 * glyph))..(glyf + U32(loca + 4 * glyph + 4))
            : (glyf + 2 * U16(loca + 2 * glyph))..(glyf + 2 * U16(loca + 2 * glyph + 2));
    }

    /// <summary>Width and left side bearing; the last glyphs share a width.</summary>
    private byte[] MetricsOf(ushort glyph)
    {
        var (hmtx, metrics) = (At("hmtx"), widths.Length);
        return glyph < metrics
            ? data[(hmtx + 4 * glyph)..(hmtx + 4 * glyph + 4)]
            :
            [
                .. data[(hmtx + 4 * (metrics - 1))..(hmtx + 4 * (metrics - 1) + 2)],
                .. data[(hmtx + 4 * metrics + 2 * (glyph - metrics))..(hmtx + 4 * metrics + 2 * (glyph - metrics) + 2)],
            ];
    }

    private int At(string table) => tables[table].Start.Value;

    private int U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(at));

    private int S16(int at) => BinaryPrimitives.ReadInt16BigEndian(data.AsSpan(at));

    private int U32(int at) => BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(at));
}
