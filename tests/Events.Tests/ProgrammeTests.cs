using Ticketing.Contracts;

namespace Ticketing.Events.Tests;

public sealed class ProgrammeTests(EventsApp app)
{
    [Fact]
    public async Task An_event_is_set_up_published_and_found()
    {
        var owner = await app.Organizer(name: "Produções Água Viva");
        var word = $"w{Guid.CreateVersion7():N}";
        var (eventId, sessionId, typeId) = await owner.Published($"Orquestra {word}");

        var found = await app.Anonymous.Get($"/api/v1/events?q={word}");
        Assert.Equal([eventId], found.Ids);
        Assert.Equal(15000, (long)found.Items[0]!["minPrice"]!["amount"]!);
        Assert.Equal("São Paulo", (string)found.Items[0]!["venue"]!["city"]!);

        var slug = (string)found.Items[0]!["slug"]!;
        Assert.Equal($"orquestra-{word}", slug);
        var page = await app.Anonymous.Get($"/api/v1/events/{slug}");
        Assert.Equal(eventId, page.Id);
        Assert.Equal("published", (string)page["status"]!);
        var session = page["sessions"][0]!;
        Assert.Equal(sessionId.ToString(), (string)session["id"]!);
        Assert.Equal(typeId.ToString(), (string)session["ticketTypes"]![0]!["id"]!);
        Assert.Equal(8, (int)session["ticketTypes"]![0]!["maxPerOrder"]!);
        Assert.Equal(100, (int)session["pools"]![0]!["capacity"]!);

        var told = Assert.Single(await app.ToldOf(eventId, 1));
        Assert.Equal("published", told.Type);
        Assert.Equal("Produções Água Viva", told.Snapshot!.OrganizerName);
        var type = Assert.Single(Assert.Single(told.Snapshot.Sessions).TicketTypes);
        Assert.Equal(new Money(15000, "BRL"), type.Price);
        Assert.Equal(TicketKind.Full, type.Kind);
    }
}
