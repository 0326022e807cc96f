using System.Text.Json.Serialization;

namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>The wire form of <c>GET /dapr/subscribe</c>.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(SubscribeWire.Item[]))]
internal sealed partial class SubscribeJson : JsonSerializerContext;

internal static class SubscribeWire
{
    public sealed record Item(
        string PubsubName,
        string Topic,
        string? DeadLetterTopic,
        Dictionary<string, string>? Metadata,
        string? Route,
        Routes? Routes
    );

    public sealed record Routes(IReadOnlyList<Rule>? Rules, string? Default);

    public sealed record Rule(string? Match, string Path);
}
