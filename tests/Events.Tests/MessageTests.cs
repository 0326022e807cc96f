using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Tests;

/// <summary>What is written is what others read, for years: a change here is a change for all of them.</summary>
public sealed class MessageTests
{
    private const string Snapshot = """
        {"event":{"id":"00000000-0000-0000-0000-000000000001","version":7,"organizerId":"00000000-0000-0000-0000-000000000002","organizerName":"Org","title":"T","slug":"t","venue":{"id":"00000000-0000-0000-0000-000000000003","name":"V","address":"A","city":"C","state":"SP","timeZone":"America/Sao_Paulo"},"sessions":[{"id":"00000000-0000-0000-0000-000000000004","startsAt":"2030-01-01T23:00:00Z","doorsAt":null,"endsAt":null,"cancelled":false,"seatMapId":null,"pools":[{"id":"00000000-0000-0000-0000-000000000005","name":"P","capacity":10,"sectionId":null}],"ticketTypes":[{"id":"00000000-0000-0000-0000-000000000006","poolId":"00000000-0000-0000-0000-000000000005","name":"Meia","kind":"half","price":{"amount":5000,"currency":"BRL"},"salesStart":null,"salesEnd":null,"maxPerOrder":8,"fee":0,"platformFee":0}],"version":6,"maxPerPerson":4,"requiresCpf":false}],"partial":false,"imageUrl":null,"accentColor":null,"contactEmail":null}}
        """;

    private static readonly EventSnapshot Event = new(
        Id(1),
        7,
        Id(2),
        "Org",
        "T",
        "t",
        new(Id(3), "V", "A", "C", "SP", "America/Sao_Paulo"),
        [
            new(
                Id(4),
                new(2030, 1, 1, 23, 0, 0, TimeSpan.Zero),
                null,
                null,
                false,
                null,
                [new(Id(5), "P", 10, null)],
                [new(Id(6), Id(5), "Meia", TicketKind.Half, new(5000, "BRL"), null, null, 8)],
                6,
                4
            ),
        ]
    );

    [Fact]
    public void Event_published_keeps_its_form() => Keeps("event.published", new EventPublished(Event), Snapshot);

    [Fact]
    public void Event_changed_keeps_its_form() => Keeps("event.changed", new EventChanged(Event), Snapshot);

    [Fact]
    public void Event_cancelled_keeps_its_form() =>
        Keeps(
            "event.cancelled",
            new EventCancelled(Id(1), 8, "Chuva", new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            """{"eventId":"00000000-0000-0000-0000-000000000001","version":8,"reason":"Chuva","at":"2030-01-01T00:00:00Z"}"""
        );

    [Fact]
    public void Team_member_changed_keeps_its_form()
    {
        Keeps(
            "team.member-changed",
            new TeamMemberChanged(Id(1), Id(2), TeamRole.Finance, 3),
            """{"organizerId":"00000000-0000-0000-0000-000000000001","userId":"00000000-0000-0000-0000-000000000002","role":"finance","version":3}"""
        );
        Keeps(
            "team.member-changed",
            new TeamMemberChanged(Id(1), Id(2), null, 4),
            """{"organizerId":"00000000-0000-0000-0000-000000000001","userId":"00000000-0000-0000-0000-000000000002","role":null,"version":4}"""
        );
    }

    private static void Keeps<TEvent>(string type, TEvent message, string json)
        where TEvent : IEvent
    {
        Assert.Equal(type, TEvent.Type);
        Assert.Equal(json, JsonSerializer.Serialize(message, ServiceDefaultsExtensions.Json));
        var read = JsonSerializer.Deserialize<TEvent>(json, ServiceDefaultsExtensions.Json);
        Assert.Equal(json, JsonSerializer.Serialize(read, ServiceDefaultsExtensions.Json));
    }

    private static Guid Id(int n) => Guid.Parse($"00000000-0000-0000-0000-{n:D12}");
}
