using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>Commands of the guides that run what is here: of what the program has, with options that it knows.</summary>
public sealed partial class GuideTests
{
    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true };

    public static TheoryData<string> Programs => ["tests/Bench", "services/Local"];

    [Theory, MemberData(nameof(Programs))]
    public void A_command_is_one_of_the_programs(string program)
    {
        var source = string.Concat(
            Directory.EnumerateFiles(Repository.PathOf(program), "*.cs", All).Select(File.ReadAllText)
        );
        var called = Guides()
            .SelectMany(g =>
                Calls()
                    .Matches(g.Text)
                    .Where(c => c.Groups["program"].Value == program)
                    .Select(c => (g.Name, Call: c.Groups["call"].Value))
            )
            .ToList();
        Assert.NotEmpty(called);
        foreach (var (guide, call) in called)
        {
            var words = call.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (var option in words.Where(w => w.StartsWith("--", StringComparison.Ordinal)))
                Assert.True(
                    source.Contains($"\"{option.Split('=')[0]}\"", StringComparison.Ordinal),
                    $"{guide}: {call}: {option}"
                );
            // Without one Local starts the system; Bench does nothing.
            if (words[0].StartsWith('-') && program == "services/Local")
                continue;
            Assert.DoesNotMatch("^-", words[0]);
            Assert.True(source.Contains($"\"{words[0]}\"", StringComparison.Ordinal), $"{guide}: {call}");
        }
    }

    /// <summary>Of other charts.</summary>
    private static readonly string[] Neighbours = ["app.kubernetes.io/name=aws-cluster-autoscaler"];

    /// <summary>What a guide or a script looks for, or takes away, by a label has it.</summary>
    [Fact]
    public async Task A_label_is_one_that_something_has()
    {
        var labels = (await ChartTests.OfAsync("production"))
            .Manifests.SelectMany(m => new[] { m.At("metadata/labels"), m.At("spec/template/metadata/labels") })
            .OfType<JsonObject>()
            .SelectMany(l => l.Select(p => $"{p.Key}={p.Value}"))
            .ToHashSet();
        var asked = Guides()
            .SelectMany(g => Label().Matches(g.Text).Select(m => (g.Name, Label: m.Groups[1].Value)))
            .Where(a => !Neighbours.Contains(a.Label))
            .ToList();
        Assert.Contains(asked, a => a.Label == "app.kubernetes.io/part-of=ticketing");
        Assert.All(asked, a => Assert.True(labels.Contains(a.Label), $"{a.Name}: {a.Label}"));
    }

    private static IEnumerable<(string Name, string Text)> Guides() =>
        new[] { "README.md", "infra", "charts", "tilt", "services", "Tiltfile", ".github" }
            .Select(path => Repository.PathOf(path))
            .SelectMany(path => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", All) : [path])
            .Where(file => Path.GetExtension(file) is ".md" or ".sh" or ".yml" or "")
            .Select(file => (file, File.ReadAllText(file)));

    [GeneratedRegex(@"(?:-l|--selector)[ =\n]+(app\.kubernetes\.io/[\w-]+=[\w-]+)")]
    private static partial Regex Label();

    [GeneratedRegex(@"--project (?<program>\S+) -- (?<call>[^`'\r\n#|>]+)")]
    private static partial Regex Calls();
}
