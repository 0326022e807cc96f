using System.Globalization;

namespace Ticketing.Charts.Tests;

/// <summary>infra/upgrade.md: what we run, where its version stands, and until when somebody repairs it.</summary>
public sealed class SupportTests
{
    private const int Notice = 30;

    private sealed record Line(string What, string Version, string File, DateOnly Until);

    private static List<Line> Lines() =>
        [
            .. File.ReadAllLines(Repository.PathOf("infra", "upgrade.md"))
                .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
                .Where(c => c.Length == 6 && char.IsAsciiDigit(c[4].FirstOrDefault()))
                .Select(c => new Line(
                    c[1],
                    c[2].Trim('`'),
                    c[3].Trim('`'),
                    DateOnly.ParseExact(c[4], "yyyy-MM-dd", CultureInfo.InvariantCulture)
                )),
        ];

    [Fact]
    public void What_we_run_is_supported_for_a_while_yet()
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        Assert.Equal(3, Lines().Count);
        Assert.Empty(Ending(Lines(), today));
        // What stood here before: 1.34, found four days before its end.
        Assert.Single(Ending([new("Kubernetes", "1.34", "", new(2026, 12, 2))], new DateOnly(2026, 11, 28)));
    }

    [Fact]
    public void The_versions_are_those_that_we_run()
    {
        foreach (var line in Lines())
            Assert.Matches(
                $@"(default +=|DOTNET=) *""?{System.Text.RegularExpressions.Regex.Escape(line.Version)}""?\r?\n",
                File.ReadAllText(Repository.PathOf(line.File.Split('/')))
            );
    }

    /// <summary>The chart is rendered and checked as the cluster that we run would have it.</summary>
    [Fact]
    public void What_is_checked_is_for_the_Kubernetes_that_we_run()
    {
        var version = Lines()[0].Version;
        Assert.StartsWith("Kubernetes", Lines()[0].What);
        foreach (
            var file in new[]
            {
                Repository.PathOf("tests", "Charts.Tests", "Helm.cs"),
                Repository.PathOf("charts", "checks", "schemas.mjs"),
            }
        )
            Assert.Contains($"\"{version}.0\"", File.ReadAllText(file));
    }

    /// <summary>Each account that a role is bound to is the one under which the guide installs its chart.</summary>
    [Fact]
    public void Add_ons_run_under_the_account_that_their_role_is_for()
    {
        var access = File.ReadAllText(Repository.PathOf("infra", "terraform", "modules", "access", "main.tf"));
        var addons = System.Text.RegularExpressions.Regex.Matches(
            access,
            @"\n    ([a-z-]+) = \{\n      namespace +=\s+""([a-z-]+)"""
        );
        Assert.Equal(6, addons.Count);
        var guide = File.ReadAllText(Repository.PathOf("infra", "README.md"));
        foreach (System.Text.RegularExpressions.Match addon in addons)
        {
            var (account, space) = (addon.Groups[1].Value, addon.Groups[2].Value);
            Assert.Contains($"`{space}/{account}`", guide);
            // Named by the guide, or in the values file that it names.
            Assert.True(
                guide.Contains($".name={account}`", StringComparison.Ordinal)
                    || Directory
                        .GetFiles(Repository.PathOf("charts"), "*-values.yaml")
                        .Any(f => File.ReadAllText(f).Contains($"name: {account}\n", StringComparison.Ordinal)),
                account
            );
        }
    }

    private static IEnumerable<string> Ending(IEnumerable<Line> lines, DateOnly today) =>
        lines
            .Where(l => l.Until < today.AddDays(Notice))
            .Select(l =>
                $"{l.What} {l.Version} is supported until {l.Until:yyyy-MM-dd}: infra/upgrade.md says how to go on"
            );
}
