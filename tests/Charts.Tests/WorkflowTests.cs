using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>What actionlint does not ask of the pipelines.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Repository.PathOf(".github", "workflows")).Select(f => Path.GetFileName(f))];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_workflow_trusts_no_more_than_it_must(string file) => Assert.Empty(Mistakes(Read(file)));

    [Theory]
    [InlineData("pull-request.yml", "@[0-9a-f]{40} # v7.0.1", "@v7.0.1", "actions/checkout@v7.0.1")]
    [InlineData("pull-request.yml", "  contents: read\n\nconcurrency", "\nconcurrency", "rights")]
    [InlineData("release.yml", "contents: read\n\nconcurrency", "contents: write\n\nconcurrency", "rights")]
    [InlineData("check.yml", "persist-credentials: false", "fetch-depth: 1", "leaves its token")]
    [InlineData("main.yml", "timeout-minutes: 45", "continue-on-error: false", "no end")]
    [InlineData("release.yml", "concurrency:", "defaults:", "at once")]
    public void A_planted_mistake_is_caught(string file, string pattern, string instead, string told)
    {
        var text = Read(file);
        var mistaken = Regex.Replace(text, pattern, instead);
        Assert.NotEqual(text, mistaken);
        Assert.Contains(Mistakes(mistaken), m => m.Contains(told, StringComparison.Ordinal));
    }

    private static string Read(string file) => File.ReadAllText(Repository.PathOf(".github", "workflows", file));

    private static IEnumerable<string> Mistakes(string text)
    {
        // A tag can be moved by whoever takes over the action's repository; a commit cannot.
        foreach (Match use in Uses().Matches(text))
            if (!use.Value.Contains("./", StringComparison.Ordinal) && !Pinned().IsMatch(use.Value))
                yield return $"{use.Value}: pin the commit, with its version beside it.";

        var workflow = Yaml.Documents(text).Single();
        if (workflow["permissions"] is not JsonObject { Count: 1 } rights || (string?)rights["contents"] != "read")
            yield return "A workflow's own rights are contents: read; a job asks for more where it needs more.";
        var called = ((JsonObject)workflow["on"]!).ContainsKey("workflow_call");
        if (!called && workflow["concurrency"] is null)
            yield return "Two runs at once: say what happens (concurrency).";

        foreach (var (name, job) in (JsonObject)workflow["jobs"]!)
        {
            if (job!["uses"] is not null)
                continue;
            if (job["timeout-minutes"] is null)
                yield return $"{name} has no end: timeout-minutes.";
            foreach (var step in (JsonArray)job["steps"]!)
                if (
                    ((string?)step!["uses"])?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true
                    && step["with"]?["persist-credentials"]?.ToString() != "false"
                )
                    yield return $"{name} leaves its token in the checkout: persist-credentials: false.";
        }
    }

    [GeneratedRegex(@"uses: \S+( # \S+)?")]
    private static partial Regex Uses();

    [GeneratedRegex(@"@[0-9a-f]{40} # v\d+\.\d+\.\d+$")]
    private static partial Regex Pinned();
}
