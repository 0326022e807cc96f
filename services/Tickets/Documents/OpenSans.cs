using PdfSharp.Fonts;

namespace Ticketing.Tickets.Documents;

/// <summary>The embedded typeface: PDFs look the same wherever they are rendered, and no machine needs fonts.</summary>
internal sealed class OpenSans : IFontResolver
{
    public const string Family = "Open Sans";
    private const string Regular = "OpenSans-Regular.ttf";
    private const string Bold = "OpenSans-Bold.ttf";

    private readonly Dictionary<string, byte[]> faces = new() { [Regular] = Load(Regular), [Bold] = Load(Bold) };

    public FontResolverInfo ResolveTypeface(string familyName, bool bold, bool italic) => new(bold ? Bold : Regular);

    public byte[] GetFont(string faceName) => faces[faceName];

    private static byte[] Load(string name)
    {
        using var stream = typeof(OpenSans).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
