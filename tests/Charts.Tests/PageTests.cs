using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>What a page or a comment names of the repository is there: links with their headings, paths, other pages.</summary>
public sealed partial class PageTests
{
    private static readonly string[] NotOurs = [".git", ".local", "artifacts", "bin", "node_modules", "obj"];

    private static readonly string[] Kinds =
    [
        ".md",
        ".yaml",
        ".yml",
        ".sh",
        ".tf",
        ".tpl",
        ".mjs",
        ".cs",
        ".razor",
        ".props",
        ".targets",
        ".conf",
        ".example",
        "",
    ];

    private static readonly HashSet<string> Files =
    [
        .. Directory
            .GetDirectories(Repository.Root)
            .Where(d => !NotOurs.Contains(Path.GetFileName(d)))
            .SelectMany(d => Directory.GetFiles(d, "*", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(Repository.Root))
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
            .Where(f => !f.Split('/').Any(NotOurs.Contains)),
    ];

    private static readonly HashSet<string> Folders =
    [
        .. Files.SelectMany(f => Enumerable.Range(0, f.Length).Where(i => f[i] == '/').Select(i => f[..i])),
    ];

    private static readonly Regex PathOf = new(
        $@"(?<![\w./@$:%{{}}<>-])(?:{string.Join('|', Folders.Where(f => !f.Contains('/')).Select(Regex.Escape))})/[\w./-]*\w(?![\w*<{{$/-])"
    );

    [Fact]
    public void What_is_named_is_there()
    {
        // The tests of these files plant mistakes.
        var texts = Files
            .Where(f =>
                Kinds.Contains(Path.GetExtension(f))
                && !(f.StartsWith("tests/", StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal))
            )
            .ToList();
        Assert.Contains("Dockerfile", texts);
        Assert.Contains("charts/dapr-values.yaml", texts);
        Assert.Empty(texts.SelectMany(f => Missing(f, File.ReadAllText(Repository.PathOf(f)))));
    }

    [Theory]
    [InlineData("infra/restore.md", "[a](../charts/ticketing/pay-organisers.md)")]
    [InlineData("infra/restore.md", "[a](#tried-on-two-machines)")]
    [InlineData("infra/README.md", "[a](../services/README.md#how-many)")]
    [InlineData("charts/dapr-values.yaml", "# To enlarge it: infra/upgrades.md (a claim)")]
    [InlineData("charts/ticketing/values.yaml", "# As prepare-a-sale.md has it")]
    [InlineData("infra/cluster/roll-out.sh", "# as infra/cluster/watch-rollouts.sh does")]
    [InlineData("services/Local/Program.cs", "// As components/locale has it.")]
    public void What_is_not_there_is_found(string file, string text) => Assert.NotEmpty(Missing(file, text));

    [Theory]
    [InlineData("infra/upgrade.md", "[a](restore.md#steps), `infra/terraform/modules`, [b](https://x.example/y.md)")]
    [InlineData("infra/README.md", "infra/terraform/environments/<env>, services/*.md and charts/ticketing/{ci,rules}")]
    public void What_is_there_is_not(string file, string text) => Assert.Empty(Missing(file, text));

    private static IEnumerable<string> Missing(string file, string text)
    {
        var folder = Path.GetDirectoryName(file)!.Replace('\\', '/');
        if (file.EndsWith(".md", StringComparison.Ordinal))
            foreach (var link in Link().Matches(text).Select(m => m.Groups[1].Value))
            {
                if (link.Contains(':', StringComparison.Ordinal) || link.StartsWith('/'))
                    continue;
                var parts = link.Split('#');
                var to = parts[0].Length == 0 ? file : Whole(folder, parts[0]);
                if (!Exists(to))
                    yield return $"{file} links to {link}";
                else if (parts.Length > 1 && !Headings(to).Contains(parts[1]))
                    yield return $"{file} links to {link}: no such heading";
            }
        foreach (var path in PathOf.Matches(text).Select(m => m.Value))
            // Of Kubernetes' API.
            if (!Exists(path) && path != "services/proxy")
                yield return $"{file} names {path}";
        foreach (var page in Page().Matches(text).Select(m => m.Value))
            if (!new[] { folder, "", "charts/ticketing" }.Any(f => Exists(Whole(f, page))))
                yield return $"{file} names {page}";
    }

    private static bool Exists(string path) => Files.Contains(path) || Folders.Contains(path);

    private static string Whole(string folder, string path) =>
        Path.GetRelativePath(Repository.Root, Path.GetFullPath(path, Repository.PathOf(folder))).Replace('\\', '/');

    /// <summary>As GitHub names them.</summary>
    private static IEnumerable<string> Headings(string page) =>
        File.ReadLines(Repository.PathOf(page))
            .Where(l => l.StartsWith('#'))
            .Select(l => Unworded().Replace(l.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w./@$:%{}<>*""-])[\w./-]*\w\.md\b(?!\]\()")]
    private static partial Regex Page();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Unworded();
}
