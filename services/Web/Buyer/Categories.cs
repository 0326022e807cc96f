using Ticketing.Web.Language;

namespace Ticketing.Web.Buyer;

/// <summary>Organizers write categories freely; the usual ones have a name in both languages.</summary>
internal static class Categories
{
    private static readonly Dictionary<string, (string Portuguese, string English)> Known = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["festival"] = ("Festival", "Festival"),
        ["party"] = ("Festa", "Party"),
        ["workshop"] = ("Oficina", "Workshop"),
        ["theatre"] = ("Teatro", "Theatre"),
        ["concert"] = ("Concerto", "Concert"),
        ["sport"] = ("Esporte", "Sport"),
        ["show"] = ("Show", "Show"),
    };

    /// <summary>As they are kept, with their names.</summary>
    public static IEnumerable<(string Value, string Name)> Usual => Known.Keys.Select(k => (k, NameOf(k)));

    public static string NameOf(string category) =>
        Known.TryGetValue(category, out var name)
            ? Languages.IsEnglish
                ? name.English
                : name.Portuguese
            : category;
}
