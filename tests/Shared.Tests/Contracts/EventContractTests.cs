using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Shared.Tests.Contracts;

/// <summary>
/// Events are additive only: their JSON shapes are committed, so that a change shows in the diff.
/// <c>UPDATE_SNAPSHOTS=1</c> writes the file anew.
/// </summary>
public sealed class EventContractTests
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The exporter cannot look into our converter.</summary>
    private static readonly JsonSchemaExporterOptions Times = new()
    {
        TransformSchemaNode = (context, schema) =>
            context.TypeInfo.Type == typeof(DateTimeOffset) || context.TypeInfo.Type == typeof(DateTimeOffset?)
                ? new JsonObject { ["type"] = "string", ["format"] = "date-time" }
                : schema,
    };

    private static readonly Type[] Events =
    [
        .. typeof(IEvent).Assembly.GetTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(IEvent))),
    ];

    private static string TypeOf(Type type) => (string)type.GetProperty(nameof(IEvent.Type))!.GetValue(null)!;

    [Fact]
    public async Task The_shape_of_every_event_is_the_committed_one()
    {
        var shapes = new JsonObject(
            Events
                .OrderBy(TypeOf, StringComparer.Ordinal)
                .Select(t =>
                    KeyValuePair.Create<string, JsonNode?>(
                        TypeOf(t),
                        ServiceDefaultsExtensions.Json.GetJsonSchemaAsNode(t, Times)
                    )
                )
        );
        var actual = shapes.ToJsonString(Indented) + "\n";
        var path = Path.Combine(TestSystem.RepositoryRoot, "tests", "Shared.Tests", "Contracts", "events.json");
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            await File.WriteAllTextAsync(path, actual);
        Assert.Equal(await File.ReadAllTextAsync(path), actual);
    }

    [Fact]
    public void Types_are_unique_and_make_topics_that_SNS_takes()
    {
        Assert.Equal(Events.Length, Events.Select(TypeOf).Distinct().Count());
        Assert.All(Events, e => Assert.Matches("^[a-z]+\\.[a-z-]+$", TypeOf(e)));
        Assert.All(Events, e => Assert.Matches("^[A-Za-z0-9_-]{1,80}$", OutboxExtensions.TopicOf(TypeOf(e))));
    }
}
