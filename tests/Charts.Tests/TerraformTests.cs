using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>AWS must hold what the components look for: Dapr makes nothing itself there.</summary>
public sealed partial class TerraformTests
{
    private static readonly string Modules = Repository.PathOf("infra", "terraform", "modules");
    private static readonly string Catalog = File.ReadAllText(Path.Combine(Modules, "catalog", "main.tf"));
    private static readonly ServiceCode Code = ServiceCode.Read;

    /// <summary>File of values to folder of its environment.</summary>
    internal static IReadOnlyDictionary<string, string> Environments { get; } =
        new Dictionary<string, string>
        {
            ["dev-eks"] = "dev",
            ["staging"] = "staging",
            ["production"] = "prod",
        };

    /// <summary>What an environment gives to the platform.</summary>
    internal static string ArgumentOf(string folder, string name) =>
        Regex
            .Match(
                File.ReadAllText(Repository.PathOf("infra", "terraform", "environments", folder, "main.tf")),
                $@"^  {name} += (.+)$",
                RegexOptions.Multiline
            )
            .Groups[1]
            .Value.Trim('"');

    [Fact]
    public void A_topic_exists_for_every_event_and_is_published_to_by_who_publishes()
    {
        var granted = MapOf("publishes");
        Assert.Equal(Code.Topics.Order(), granted.Values.SelectMany(t => t).Distinct().Order());
        foreach (var app in Code.AppIds)
            Assert.Subset(granted.GetValueOrDefault(app, []), Code.Publishes(app).ToHashSet());
    }

    [Fact]
    public void A_queue_hears_what_its_app_subscribes_to_and_nothing_else()
    {
        var heard = MapOf("subscribes");
        foreach (var app in Code.AppIds)
            Assert.Equal(Code.SubscribesTo(app).Order(), heard.GetValueOrDefault(app, []).Order());
    }

    [Fact]
    public void A_role_reads_the_secrets_that_its_service_reads()
    {
        var granted = MapOf("reads_secrets");
        foreach (var app in Code.AppIds)
            Assert.Equal(Code.SecretsOf(app).Order(), granted.GetValueOrDefault(app, []).Order());
    }

    [Fact]
    public async Task Queues_table_and_limits_are_the_components()
    {
        var production = await ChartTests.OfAsync("production");
        var pubsub = Installation.MetadataOf(production.The("Component", "pubsub"));
        var platform = File.ReadAllText(Path.Combine(Modules, "platform", "main.tf"));
        Assert.Equal(pubsub["consumerID"], PatternOf("queue"));
        Assert.Equal(pubsub["sqsDeadLettersQueueName"], PatternOf("dead_queue"));
        Assert.Equal("{appID}-dead", PatternOf("dead_topic"));
        Assert.Equal(pubsub["messageVisibilityTimeout"], NumberOf(platform, "visibility_seconds"));
        Assert.Equal(pubsub["messageReceiveLimit"], NumberOf(platform, "max_receives"));

        var state = Installation.MetadataOf(production.The("Component", "statestore"));
        var storage = File.ReadAllText(Path.Combine(Modules, "storage", "main.tf"));
        Assert.Contains($"attribute_name = \"{state["ttlAttributeName"]}\"", storage);
        Assert.Matches($"hash_key +?= \"{state["partitionKey"]}\"", storage);
        Assert.Equal(
            production.The("Component", "statestore").Texts("scopes").Order(),
            Quoted(Regex.Match(Catalog, @"keeps_state += \[(.*?)\]").Groups[1].Value).Order()
        );
    }

    [Fact]
    public void Databases_are_verified_and_passwords_change_without_locking_anybody_out()
    {
        var secrets = File.ReadAllText(Path.Combine(Modules, "secrets", "main.tf"));
        // Where the chart mounts the authorities, and where the images have them.
        Assert.Contains("\"sslmode=verify-full\",\n    \"sslrootcert=/etc/ssl/rds/global-bundle.pem\"", secrets);
        Assert.Contains("\"SSL Mode=VerifyFull\",\n    \"Root Certificate=/etc/ssl/rds/global-bundle.pem\"", secrets);
        Assert.Contains("Username=${each.key}_${local.login}", secrets);
        Assert.Contains("user=workflow_${local.login}", secrets);
        Assert.Matches(@"login += var\.generation % 2", secrets);
    }

    [Fact]
    public void The_outputs_are_values_of_the_chart()
    {
        var text = File.ReadAllText(Path.Combine(Modules, "platform", "outputs.tf"));
        var values = text[text.IndexOf("value = {", StringComparison.Ordinal)..];
        var path = new Stack<string>();
        var given = new List<string>();
        foreach (Match m in Assignment().Matches(values))
        {
            if (m.Value == "}")
            {
                if (path.Count == 0)
                    break;
                path.Pop();
                if (path.Count == 0)
                    break;
            }
            else if (m.Groups[2].Success)
                path.Push(m.Groups[1].Value);
            else
                given.Add(string.Join('/', path.Reverse().Skip(1).Append(m.Groups[1].Value)));
        }
        Assert.Contains("ingress/alb/jwtValidation/jwksEndpoint", given);
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Chart, "values.schema.json")));
        foreach (var value in given.Where(v => !v.StartsWith("services", StringComparison.Ordinal)))
            Assert.True(
                schema.At("properties/" + value.Replace("/", "/properties/", StringComparison.Ordinal)) is not null,
                value
            );
    }

    private static Dictionary<string, HashSet<string>> MapOf(string name)
    {
        var body = Regex.Match(Catalog, $@"\n  {name} = \{{\n(.*?)\n  \}}", RegexOptions.Singleline).Groups[1].Value;
        var map = Entry().Matches(body).ToDictionary(m => m.Groups[1].Value, m => Quoted(m.Groups[2].Value));
        Assert.NotEmpty(map);
        return map;
    }

    private static HashSet<string> Quoted(string text) => [.. Text().Matches(text).Select(m => m.Groups[1].Value)];

    private static string PatternOf(string name) =>
        Regex
            .Match(Catalog, $"\n  {name} += .*=> \"(.*)\" }}")
            .Groups[1]
            .Value.Replace("${app}", "{appID}", StringComparison.Ordinal);

    private static string NumberOf(string text, string name) => Regex.Match(text, $@"{name} += (\d+)").Groups[1].Value;

    [GeneratedRegex(@"(\w+) += \[(.*?)\]", RegexOptions.Singleline)]
    private static partial Regex Entry();

    // A name with its block or its value; a string (with what it interpolates) is no block.
    [GeneratedRegex(@"(\w+) *= *(?:(\{)|(?:""(?:\$\{[^}]*\}|[^""])*""|[^{}\n,]+))|\}")]
    private static partial Regex Assignment();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Text();
}
