using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>The metrics that an expression speaks of, and which of them somebody exports.</summary>
internal static partial class Promql
{
    private static readonly HashSet<string> Words =
    [
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "group_right",
        "and",
        "or",
        "unless",
        "offset",
        "bool",
        "inf",
        "nan",
    ];

    private static readonly Lazy<HashSet<string>> Listed = new(() =>
        [
            .. File.ReadAllLines(Repository.PathOf("tests", "Charts.Tests", "metrics.txt"))
                .Where(l => l.Length > 0 && l[0] != '#')
                .Select(l => l.Split(' ')[0]),
        ]
    );

    private static readonly Lazy<HashSet<string>> Own = new(() =>
        [
            .. Row()
                .Matches(File.ReadAllText(Repository.PathOf("services", "METRICS.md")))
                .SelectMany(m =>
                    m.Groups[2].Value == "histogram"
                        ? new[] { "_bucket", "_sum", "_count" }.Select(s => m.Groups[1].Value + s)
                        : [m.Groups[1].Value]
                ),
        ]
    );

    private static readonly Lazy<HashSet<string>> Recorded = new(() =>
        [
            .. Directory
                .GetFiles(Path.Combine(Repository.Chart, "rules"), "*.yaml")
                .SelectMany(f => Record().Matches(File.ReadAllText(f)))
                .Select(m => m.Groups[1].Value),
        ]
    );

    public static IReadOnlySet<string> Names(string expression)
    {
        var byName = ByName().Matches(expression).SelectMany(m => Alternatives(m.Groups[1].Value)).ToList();
        var bare = Selector().Replace(Text().Replace(expression, "\"\""), " ");
        bare = Grouping().Replace(bare, " ");
        return Name()
            .Matches(bare)
            .Where(m => !Words.Contains(m.Value) && !IsFunction(bare, m))
            .Select(m => m.Value)
            .Concat(byName)
            .ToHashSet();
    }

    /// <summary>The services' own list, what the rules record, and the list of what others export.</summary>
    public static bool IsKnown(string name) =>
        Own.Value.Contains(name)
        || Recorded.Value.Contains(name)
        || Listed.Value.Contains(name)
        || Listed.Value.Contains(Suffix().Replace(name, ""));

    private static bool IsFunction(string text, Match name) =>
        text.AsSpan(name.Index + name.Length).TrimStart().StartsWith("(");

    /// <summary>"a_(b|c)_total(_x)?" as the names that it matches, the optional part left out.</summary>
    private static IEnumerable<string> Alternatives(string pattern)
    {
        var optional = Optional().Replace(pattern, "");
        var group = Group().Match(optional);
        if (!group.Success)
            return optional.Split('|');
        return group
            .Groups[1]
            .Value.Split('|')
            .SelectMany(a => Alternatives(optional[..group.Index] + a + optional[(group.Index + group.Length)..]));
    }

    [GeneratedRegex(@"^\| `(\w+)` \| (\w+)", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"record: (\S+)")]
    private static partial Regex Record();

    [GeneratedRegex("__name__=~?\"([^\"]+)\"")]
    private static partial Regex ByName();

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]")]
    private static partial Regex Selector();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"(?<![\w.:$])[a-zA-Z_][\w:]*")]
    private static partial Regex Name();

    [GeneratedRegex(@"\([^()|]*\)\?")]
    private static partial Regex Optional();

    [GeneratedRegex(@"\(([^()]*)\)")]
    private static partial Regex Group();

    [GeneratedRegex("(_seconds|_bytes)?(_total|_count|_sum|_bucket)?$")]
    private static partial Regex Suffix();
}
