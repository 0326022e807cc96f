using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Ticketing.Pdf;

/// <summary>The numbered objects of a PDF file, and the file made of them.</summary>
public sealed class PdfObjects
{
    private readonly List<byte[]> objects = [];

    /// <summary>Formats a text of any characters as a PDF string.</summary>
    public static string Text(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";

    /// <summary>A number for what is put later.</summary>
    public int Reserve()
    {
        objects.Add([]);
        return objects.Count;
    }

    public void Put(int id, string body) => objects[id - 1] = Encoding.ASCII.GetBytes(body);

    public int Add(string body)
    {
        objects.Add(Encoding.ASCII.GetBytes(body));
        return objects.Count;
    }

    public int AddStream(string entries, byte[] data)
    {
        using var packed = new MemoryStream(data.Length / 2);
        using (var deflate = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(data);
        return AddRaw($"{entries}/Filter/FlateDecode", packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }

    /// <summary>A stream as it is.</summary>
    public int AddRaw(string entries, ReadOnlySpan<byte> data)
    {
        objects.Add([
            .. Encoding.ASCII.GetBytes($"<</Length {data.Length}{entries}>>stream\n"),
            .. data,
            .. "\nendstream"u8,
        ]);
        return objects.Count;
    }

    public byte[] Save(int catalog, int info)
    {
        using var file = new MemoryStream(objects.Sum(o => o.Length + 64));
        // The second line tells transfer programs that the file is binary.
        file.Write("%PDF-1.7\n%éÉ\n"u8);
        var places = new List<long>();
        foreach (var (i, body) in objects.Index())
        {
            places.Add(file.Position);
            Write($"{i + 1} 0 obj\n");
            file.Write(body);
            file.Write("\nendobj\n"u8);
        }
        var table = file.Position;
        Write($"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n");
        foreach (var place in places)
            Write($"{place:0000000000} 00000 n \n");
        Write(
            $"trailer\n<</Size {objects.Count + 1}/Root {catalog} 0 R/Info {info} 0 R>>\nstartxref\n{table}\n%%EOF\n"
        );
        return file.ToArray();

        void Write(FormattableString text) =>
            file.Write(Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture)));
    }
}
