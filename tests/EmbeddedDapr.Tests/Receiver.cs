using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary>One delivery as it came over the wire.</summary>
public sealed record Received(string Path, JsonElement Envelope, IHeaderDictionary Headers)
{
    public string Data => Envelope.GetProperty("data").ToString();

    public string? this[string attribute] =>
        Envelope.TryGetProperty(attribute, out var value) ? value.ToString() : null;
}

/// <summary>An app without Dapr's middleware: it sees the wire, and answers what the test wants.</summary>
public sealed class Receiver
{
    private readonly ConcurrentQueue<Received> _received = new();

    /// <summary>The answer of <c>GET /dapr/subscribe</c>, in the Go runtime's spelling.</summary>
    public string Subscriptions { get; set; } = "[]";

    public Func<Received, IResult> Answer { get; set; } = _ => Results.Ok();

    /// <summary>Holds deliveries in hand.</summary>
    public Func<Received, Task>? AnswerLater { get; set; }

    /// <summary>The answer of <c>GET /well</c>.</summary>
    public bool IsWell { get; set; } = true;

    /// <summary>How often that was asked.</summary>
    public int Probes { get; private set; }

    public IReadOnlyCollection<Received> All => _received;

    public static string Topic(string topic, string? deadLetterTopic = null) =>
        $$"""[{ "pubsubname": "pubsub", "topic": "{{topic}}", "route": "/on/{{topic}}", "deadLetterTopic": "{{deadLetterTopic}}" }]""";

    public IEnumerable<Received> On(string topic) => _received.Where(r => r.Path == "/on/" + topic);

    public Task StartAsync(TwoApps apps, string appId) => apps.StartAppAsync(appId, Map, withDaprMiddleware: false);

    private void Map(WebApplication app)
    {
        app.MapGet("/dapr/subscribe", () => Results.Text(Subscriptions, "application/json"));
        app.MapGet(
            "/well",
            () =>
            {
                Probes++;
                return IsWell ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
            }
        );
        app.MapPost(
            "/{**path}",
            async (HttpContext http) =>
            {
                Assert.Equal("application/cloudevents+json", http.Request.ContentType);
                using var body = await JsonDocument.ParseAsync(http.Request.Body);
                var received = new Received(
                    http.Request.Path,
                    body.RootElement.Clone(),
                    new HeaderDictionary(http.Request.Headers.ToDictionary())
                );
                _received.Enqueue(received);
                if (AnswerLater is { } later)
                {
                    await later(received);
                }
                return Answer(received);
            }
        );
    }
}
