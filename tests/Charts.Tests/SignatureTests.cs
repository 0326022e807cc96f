using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>What main's workflow signs is what deploy.yml and the cluster's admission (signed-images.yaml) ask for.</summary>
public sealed class SignatureTests
{
    private static readonly string[] Policy = ["infra", "cluster", "signed-images.yaml"];
    private static readonly string[] Main = [".github", "workflows", "main.yml"];
    private static readonly string[] Deploy = [".github", "workflows", "deploy.yml"];

    [Fact]
    public void What_is_signed_is_what_is_asked_for() => Assert.Empty(Problems(Read(Policy), Read(Main), Read(Deploy)));

    [Theory]
    [InlineData("policy", "issuer: https://token.actions", "issuer: https://tokens.actions", "issuer")]
    [InlineData("policy", "main.yml@refs/heads/main", "main.yml@refs/heads/release", "identity")]
    [InlineData("policy", "workflows/main.yml", "workflows/release.yml", "identity")]
    [InlineData("policy", "amazonaws.com/ticketing/", "amazonaws.com/tickets/", "nobody asks about")]
    [InlineData("policy", "metadata.name: ticketing", "metadata.name: tickets", "namespace")]
    [InlineData("policy", "Deny", "Audit", "only told of")]
    [InlineData("policy", "failurePolicy: Fail", "failurePolicy: Ignore", "only told of")]
    [InlineData("policy", @" \+ images.initContainers", "", "initContainers")]
    [InlineData("policy", "n > 0", "n >= 0", "without a signature")]
    [InlineData("policy", "CREATE, ", "", "pods")]
    [InlineData("main", "cosign sign --yes", "cosign generate", "nothing is signed")]
    [InlineData("main", @"push:\n    branches: \[main\]", "push:\n    branches: [trunk]", "identity")]
    [InlineData("main", "Payments, ", "", "payments")]
    [InlineData("deploy", "main.yml@refs/heads/main", "release.yml@refs/heads/main", "identity")]
    [InlineData(
        "deploy",
        "--certificate-oidc-issuer https://token",
        "--certificate-oidc-issuer https://other",
        "issuer"
    )]
    [InlineData("deploy", "payments ", "", "payments")]
    public void A_planted_mistake_is_found(string file, string pattern, string instead, string told)
    {
        string Plant(string name, string[] path)
        {
            var text = Read(path);
            if (name != file)
                return text;
            var mistaken = Regex.Replace(text, pattern, instead);
            Assert.NotEqual(text, mistaken);
            return mistaken;
        }
        Assert.Contains(
            Problems(Plant("policy", Policy), Plant("main", Main), Plant("deploy", Deploy)),
            p => p.Contains(told, StringComparison.Ordinal)
        );
    }

    private static IEnumerable<string> Problems(string policy, string main, string deploy)
    {
        var spec = Yaml.Documents(policy).Single().At("spec")!;
        var signing = Yaml.Documents(main).Single();

        // Who signs: the workflow's file on its branch. Who is asked for, twice.
        var branch = signing.Texts("on/push/branches").Single();
        var signer = $".github/workflows/main.yml@refs/heads/{branch}";
        var identity = spec.Items("attestors").Single().Items("cosign/keyless/identities").Single();
        var asked = Regex
            .Match(deploy, @"SIGNER: https://github\.com/\$\{\{ github\.repository \}\}/(\S+)")
            .Groups[1]
            .Value;
        if (!main.Contains("cosign sign --yes", StringComparison.Ordinal))
            yield return "nothing is signed";
        if (asked != signer || identity.Text("subject") != $"https://github.com/OWNER/REPOSITORY/{signer}")
            yield return $"{signer} signs, another identity is asked for";
        var issuer = Regex.Match(deploy, @"--certificate-oidc-issuer (\S+?)\)").Groups[1].Value;
        if (issuer != "https://token.actions.githubusercontent.com" || identity.Text("issuer") != issuer)
            yield return "another issuer than GitHub's";

        // What is signed: every service, under the name by which it is deployed and admitted.
        var built = signing.Texts("jobs/images/strategy/matrix/service").Select(s => s.ToLowerInvariant()).ToList();
        var deployed = Regex.Match(deploy, "for service in (.*?); do").Groups[1].Value.Split(' ');
        var registry = Regex
            .Match(deploy, @"REGISTRY: (\S.*)")
            .Groups[1]
            .Value.Replace("${{ vars.REGISTRY_ACCOUNT }}", "111122223333", StringComparison.Ordinal)
            .Replace("${{ vars.AWS_REGION }}", "sa-east-1", StringComparison.Ordinal);
        var glob = spec.Items("matchImageReferences").Single().Text("glob");
        var admitted = "^" + Regex.Escape(glob).Replace(@"\*", ".*", StringComparison.Ordinal) + "$";
        foreach (var app in ServiceCode.Read.AppIds)
        {
            if (!built.Contains(app) || !deployed.Contains(app))
                yield return $"{app} is not built, or not deployed";
            if (!Regex.IsMatch($"{registry}/{app}@sha256:{new string('0', 64)}", admitted))
                yield return $"nobody asks about {app}";
        }

        // Where: the namespace of the chart, and no other.
        var spaces = spec.At("matchConstraints/namespaceSelector");
        var space = new JsonObject { ["kubernetes.io/metadata.name"] = Namespace() };
        if (!Network.Selects(spaces, space))
            yield return $"not in the namespace {Namespace()}";
        space["kubernetes.io/metadata.name"] = "kube-system";
        if (Network.Selects(spaces, space))
            yield return "in every namespace";

        var rule = spec.Items("matchConstraints/resourceRules").Single();
        if (!rule.Texts("resources").Contains("pods") || !rule.Texts("operations").Contains("CREATE"))
            yield return "no new pods are asked about";
        if (!spec.Texts("validationActions").SequenceEqual(["Deny"]) || spec.Text("failurePolicy") != "Fail")
            yield return "what is not signed is only told of";
        var expression = spec.Items("validations").Single().Text("expression");
        foreach (var containers in new[] { "images.containers", "images.initContainers" })
            if (!expression.Contains(containers, StringComparison.Ordinal))
                yield return $"{containers} are not asked about";
        if (!expression.Contains("n > 0", StringComparison.Ordinal))
            yield return "an image without a signature passes";
    }

    private static string Namespace() =>
        Regex.Match(Read(["infra", "cluster", "roll-out.sh"]), "helm upgrade .*--namespace (\\S+)").Groups[1].Value;

    private static string Read(string[] path) => File.ReadAllText(Repository.PathOf(path));
}
