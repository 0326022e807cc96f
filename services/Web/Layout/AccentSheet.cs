using Ticketing.ServiceDefaults;

namespace Ticketing.Web.Layout;

/// <summary>
/// The tokens of <c>site.css</c> that an event's colour changes. The colour itself may be any: it is made darker on light
/// pages, and lighter on dark ones, until letters in it and on it are read well (WCAG 2.2, 1.4.3: 4.5 to 1).
/// </summary>
internal static class AccentSheet
{
    private const double Readable = 4.5;
    private const double Step = 0.04;
    private static readonly AccentColor White = new(0xFF, 0xFF, 0xFF);
    private static readonly AccentColor Black = new(0, 0, 0);

    /// <summary>The darkest and the lightest that such letters stand on, of <c>--paper</c> and <c>--card</c>.</summary>
    private static readonly AccentColor LightPaper = new(0xFA, 0xF9, 0xFC);
    private static readonly AccentColor DarkCard = new(0x1C, 0x19, 0x28);
    private static readonly AccentColor DarkInk = new(0x12, 0x10, 0x1B);

    public sealed record Tones(AccentColor Accent, AccentColor Strong, AccentColor Wash, AccentColor OnAccent);

    /// <summary>Of what text shows; null: the usual one.</summary>
    public static string? PathOf(string? color) =>
        AccentColor.Parse(color) is { } accent && accent != AccentColor.Usual
            ? $"/cores/{accent.ToString()[1..].ToLowerInvariant()}.css"
            : null;

    public static void MapAccentSheets(this WebApplication app) =>
        app.MapGet(
                "/cores/{color:length(6)}.css",
                (string color, HttpContext http) =>
                {
                    if (AccentColor.Parse("#" + color) is not { } accent)
                        return Results.NotFound();
                    http.Response.Headers.CacheControl = "public, max-age=86400";
                    return Results.Text(Of(accent), "text/css; charset=utf-8");
                }
            )
            .AllowAnonymous();

    public static Tones Light(AccentColor color)
    {
        var wash = color.Mix(White, 0.9);
        var accent = Until(color, Black, LightPaper, wash);
        return new(accent, accent.Mix(Black, 0.25), wash, White);
    }

    public static Tones Dark(AccentColor color)
    {
        var wash = color.Mix(DarkCard, 0.8);
        var accent = Until(color, White, DarkCard, wash);
        return new(accent, accent.Mix(White, 0.4), wash, DarkInk);
    }

    private static AccentColor Until(AccentColor color, AccentColor end, AccentColor ground, AccentColor wash)
    {
        var share = 0.0;
        var tone = color;
        while (tone.ContrastWith(ground) < Readable || tone.ContrastWith(wash) < Readable)
            tone = color.Mix(end, share += Step);
        return tone;
    }

    private static string Of(AccentColor color) =>
        $":root{{{Of(Light(color))}}}@media (prefers-color-scheme:dark){{:root{{{Of(Dark(color))}}}}}";

    private static string Of(Tones tones) =>
        $"--accent:{tones.Accent};--accent-strong:{tones.Strong};--accent-wash:{tones.Wash};--on-accent:{tones.OnAccent}";
}
