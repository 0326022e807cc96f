using System.Text.Json;
using System.Text.RegularExpressions;
using Ticketing.EmbeddedDapr.Components;
using YamlDotNet.RepresentationModel;

namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>What an app, or a Subscription resource, says about one topic.</summary>
internal sealed record SubscriptionSpec(
    string PubSub,
    string Topic,
    IReadOnlyList<RouteRule> Rules,
    string? DeadLetterTopic,
    bool RawPayload
)
{
    /// <summary>The path to deliver an event to; null: no rule matches it.</summary>
    public string? RouteOf(in EventAttributes attributes)
    {
        foreach (var rule in Rules)
        {
            if (rule.Matches(attributes))
            {
                return rule.Path;
            }
        }
        return null;
    }

    /// <summary>Reads the answer of <c>GET /dapr/subscribe</c>: Go's spelling and the SDK's differ in case.</summary>
    public static List<SubscriptionSpec> Parse(byte[] json)
    {
        var items = JsonSerializer.Deserialize(json.Length == 0 ? "[]"u8 : json, SubscribeJson.Default.ItemArray);
        return [.. (items ?? []).Select(Of).Where(s => s.Rules.Count > 0)];
    }

    private static SubscriptionSpec Of(SubscribeWire.Item item)
    {
        var rules = (item.Routes?.Rules ?? []).Select(r => new RouteRule(r.Match, r.Path)).ToList();
        if ((item.Routes?.Default ?? item.Route) is { Length: > 0 } path)
        {
            rules.Add(new(null, path));
        }
        return new(
            item.PubsubName,
            item.Topic,
            rules,
            item.DeadLetterTopic is { Length: > 0 } topic ? topic : null,
            Component.IsTrue(item.Metadata?.GetValueOrDefault("rawPayload"))
        );
    }
}

/// <summary>
/// One route of a subscription. Of Dapr's CEL expressions only the comparison of an attribute with a text is
/// understood, <c>event.type == "x"</c>; others are refused when the app is discovered.
/// </summary>
internal sealed partial class RouteRule
{
    private readonly (string Attribute, string Value)? _condition;

    public RouteRule(string? match, string path)
    {
        Path = path;
        if (string.IsNullOrWhiteSpace(match))
        {
            return;
        }
        var parts = Comparison().Match(match);
        if (!parts.Success)
        {
            throw new NotSupportedException($"The embedded runtime does not understand the route rule '{match}'.");
        }
        _condition = (parts.Groups[1].Value, parts.Groups[3].Value);
    }

    public string Path { get; }

    public bool Matches(in EventAttributes attributes) =>
        _condition is not var (attribute, value)
        || attribute switch
        {
            "type" => attributes.Type,
            "source" => attributes.Source,
            "subject" => attributes.Subject,
            _ => attributes.Id,
        } == value;

    [GeneratedRegex("""^\s*event\.(type|source|subject|id)\s*==\s*(["'])(.*?)\2\s*$""")]
    private static partial Regex Comparison();
}

/// <summary>A Subscription resource (v1alpha1 or v2alpha1) with its scopes.</summary>
internal sealed record DeclaredSubscription(SubscriptionSpec Spec, IReadOnlyList<string> Scopes)
{
    public bool VisibleTo(string appId) => Scopes.Count == 0 || Scopes.Contains(appId);

    public static DeclaredSubscription Read(YamlMappingNode document)
    {
        var rules = document
            .Items("spec", "routes", "rules")
            .OfType<YamlMappingNode>()
            .Select(r => new RouteRule(r.Text("match"), r.Text("path") ?? ""))
            .ToList();
        if ((document.Text("spec", "routes", "default") ?? document.Text("spec", "route")) is { } path)
        {
            rules.Add(new(null, path));
        }
        var spec = new SubscriptionSpec(
            document.Text("spec", "pubsubname") ?? "",
            document.Text("spec", "topic") ?? "",
            rules,
            document.Text("spec", "deadLetterTopic"),
            Component.IsTrue(document.Text("spec", "metadata", "rawPayload"))
        );
        return new(spec, document.Texts("scopes"));
    }
}
