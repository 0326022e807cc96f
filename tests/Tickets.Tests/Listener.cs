using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Tickets.Tests;

/// <summary>A service that subscribes to what Tickets tells.</summary>
internal sealed class Listener
{
    private static readonly string[] Types =
    [
        HoldExpired.Type,
        TicketIssued.Type,
        TicketCheckedIn.Type,
        TicketVoided.Type,
    ];

    private readonly ConcurrentQueue<(string Type, JsonElement Data)> heard = new();

    public WebApplication Build(string[] args)
    {
        var builder = PeerStub.CreateBuilder(args);
        var app = builder.Build();
        app.MapGet(
            "/dapr/subscribe",
            () =>
                Results.Json(
                    Types.Select(type => new
                    {
                        pubsubname = Components.PubSub,
                        topic = OutboxExtensions.TopicOf(type),
                        route = "/heard",
                    })
                )
        );
        app.MapPost(
            "/heard",
            (JsonElement envelope) =>
                heard.Enqueue((envelope.GetProperty("type").GetString()!, envelope.GetProperty("data")))
        );
        return app;
    }

    public IEnumerable<TEvent> Heard<TEvent>()
        where TEvent : IEvent =>
        heard
            .Where(h => h.Type == TEvent.Type)
            .Select(h => h.Data.Deserialize<TEvent>(ServiceDefaultsExtensions.Json)!);
}
