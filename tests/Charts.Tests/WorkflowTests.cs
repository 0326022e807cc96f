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
    [InlineData("main.yml", @"group: main-\$\{\{ github.sha \}\}", "group: main", "another commit's")]
    [InlineData("main.yml", "if: steps.pushed.outputs.digest == ''", "if: always()", "again")]
    [InlineData("main.yml", "steps.pushed.outputs.digest \\|\\| ", "", "again")]
    [InlineData("infrastructure.yml", " -detailed-exitcode", "", "differs")]
    [InlineData("infrastructure.yml", " -lockfile=readonly", "", "providers")]
    [InlineData("infrastructure.yml", "terraform plan", "terraform apply -auto-approve", "applies")]
    [InlineData(
        "infrastructure.yml",
        "environment: production, folder: prod",
        "environment: production, folder: dev",
        "prod"
    )]
    [InlineData("check.yml", "infra/checks/advisories.sh", "true", "advisories")]
    [InlineData(
        "release.yml",
        "uses: ./.github/workflows/deploy.yml",
        "uses: ./.github/workflows/check.yml",
        "deploys"
    )]
    public void A_planted_mistake_is_caught(string file, string pattern, string instead, string told)
    {
        var text = Read(file);
        var mistaken = Regex.Replace(text, pattern, instead);
        Assert.NotEqual(text, mistaken);
        Assert.Contains(Mistakes(mistaken), m => m.Contains(told, StringComparison.Ordinal));
    }

    /// <summary>An environment's variables are there for the steps of a job in it, and nowhere else.</summary>
    [Theory, MemberData(nameof(Files))]
    public void Variables_are_read_where_they_are(string file) =>
        Assert.Empty(Misplaced(Yaml.Documents(Read(file)).Single()));

    [Fact]
    public void A_variable_that_is_not_there_yet_is_found()
    {
        var workflow = Yaml.Documents(Read("deploy.yml")).Single();
        workflow.At("jobs/deploy")!["runs-on"] = "${{ vars.AWS_DEPLOY_ROLE }}";
        Assert.Single(Misplaced(workflow));
        workflow = Yaml.Documents(Read("main.yml")).Single();
        workflow.At("jobs/images")!["steps"]!.AsArray().Add("${{ vars.CHART_VALUES }} ${{ vars.NO_SUCH }}");
        Assert.Equal(2, Misplaced(workflow).Count());
    }

    [Fact]
    public void Every_variable_of_the_guide_is_read()
    {
        var read = Files.SelectMany(f => Variable().Matches(Read(f.Data)).Select(m => m.Groups[1].Value)).ToHashSet();
        Assert.Equal(read.Order(), Placed().Keys.Order());
    }

    private static IEnumerable<string> Misplaced(JsonObject workflow)
    {
        var placed = Placed();
        foreach (var (name, job) in (JsonObject)workflow["jobs"]!)
        {
            var early = job!.DeepClone().AsObject();
            early.Remove("steps");
            foreach (var m in Variable().Matches(job.ToJsonString()).DistinctBy(m => m.Value))
                if (!placed.TryGetValue(m.Groups[1].Value, out var place))
                    yield return $"{name}: the guide has no {m.Value}";
                else if (
                    place == "environment"
                    && (job["environment"] is null || early.ToJsonString().Contains(m.Value, StringComparison.Ordinal))
                )
                    yield return $"{name}: {m.Value} is not there yet";
        }
    }

    /// <summary>The table of infra/README.md: name to repository or environment.</summary>
    private static Dictionary<string, string> Placed() =>
        File.ReadAllLines(Repository.PathOf("infra", "README.md"))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
            .Where(c => c.Length == 5 && c[2] is "repository" or "environment")
            .SelectMany(c => Quoted().Matches(c[1]).Select(m => (Name: m.Groups[1].Value, Place: c[2])))
            .ToDictionary(v => v.Name, v => v.Place);

    [GeneratedRegex(@"\bvars\.(\w+)")]
    private static partial Regex Variable();

    [GeneratedRegex("`([A-Z_]+)`")]
    private static partial Regex Quoted();

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

        foreach (var mistake in MistakesOf(workflow.Text("name"), workflow, text))
            yield return mistake;

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

    /// <summary>What one workflow must do, and no other.</summary>
    private static IEnumerable<string> MistakesOf(string workflow, JsonObject jobs, string text)
    {
        bool Says(string part) => text.Contains(part, StringComparison.Ordinal);
        if (workflow == "main")
        {
            if (!jobs.Text("concurrency/group").Contains("${{ github.sha }}", StringComparison.Ordinal))
                yield return "A run waits for another commit's, which a third one cancels.";
            // A tag is a commit and cannot be moved: what was pushed before is signed, not built again.
            var steps = jobs.Items("jobs/images/steps").ToList();
            var build = steps.Single(s => s.Text("id") == "build");
            var later = string.Concat(steps.SkipWhile(s => s != build).Skip(1).Select(s => s.ToJsonString()));
            if (
                build.Text("if") != "steps.pushed.outputs.digest == ''"
                || Regex.Count(later, @"steps\.build\.outputs\.digest")
                    != Regex.Count(later, @"steps\.pushed\.outputs\.digest \|\| steps\.build\.outputs\.digest")
            )
                yield return "A run that is run again pushes again.";
        }
        if (workflow == "infrastructure")
        {
            if (!Regex.IsMatch(text, "terraform plan .*-detailed-exitcode"))
                yield return "Nothing tells that what there is differs.";
            if (!Regex.IsMatch(text, "terraform init .*-lockfile=readonly"))
                yield return "Whatever providers there are that night are taken.";
            if (Says("terraform apply"))
                yield return "A comparison applies.";
            var compared = jobs.Items("jobs/plan/strategy/matrix/include").Select(e => e.Text("folder"));
            foreach (var folder in new[] { "staging", "prod" }.Except(compared))
                yield return $"{folder} is not compared.";
        }
        if (workflow == "check" && !Says("infra/checks/advisories.sh"))
            yield return "Nobody looks for advisories.";
        if (workflow is "main" or "release" && !Says("uses: ./.github/workflows/deploy.yml"))
            yield return "Nothing deploys.";
    }

    [GeneratedRegex(@"uses: \S+( # \S+)?")]
    private static partial Regex Uses();

    [GeneratedRegex(@"@[0-9a-f]{40} # v\d+\.\d+\.\d+$")]
    private static partial Regex Pinned();
}
