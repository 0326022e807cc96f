namespace Ticketing.Events.Tests;

public sealed class VenueTests(EventsApp app)
{
    [Fact]
    public async Task A_venue_is_created_read_listed_and_edited_by_its_team_alone()
    {
        var ana = await app.Organizer();
        var id = await ana.Venue("Sala Minas");
        await ana.Venue("Outra Sala");
        var path = $"/api/v1/venues/{id}";

        var venue = await ana.Get(path);
        Assert.Equal(Setup.SaoPaulo, (string)venue["timeZone"]!);
        Assert.Equal(2, (await ana.Get("/api/v1/venues")).Items.Count);
        var page = await ana.Get($"/api/v1/venues?organizerId={ana.OrganizerId}&limit=1");
        Assert.Single(page.Items);
        Assert.NotNull(page.Next);

        await ana.Patch(path, new { city = "Belo Horizonte", capacity = 1500 }, 200, venue.ETag);
        await ana.Patch(path, new { city = "Recife" }, 412, venue.ETag);
        var cleared = await ana.Patch(path, new { capacity = (int?)null });
        Assert.Null(cleared.Body!["capacity"]);
        Assert.Equal("Belo Horizonte", (string)cleared["city"]!);

        var stranger = await app.Organizer();
        await stranger.Get(path, 404);
        await stranger.Patch(path, new { name = "Minha" }, 404);
        Assert.Empty((await stranger.Get($"/api/v1/venues?organizerId={ana.OrganizerId}")).Items);
        stranger.OrganizerId = ana.OrganizerId;
        await Assert.ThrowsAnyAsync<Exception>(() => stranger.Venue());
    }

    [Theory]
    [InlineData("America/Sao_Paulo", 201)]
    [InlineData("America/Noronha", 201)]
    [InlineData("Europe/Lisbon", 201)]
    [InlineData("UTC", 201)]
    [InlineData("America/Ciudad_Juarez", 201)]
    [InlineData("America/Port-au-Prince", 201)]
    [InlineData("America/Coyhaique", 201)]
    [InlineData("Asia/Calcutta", 201)]
    [InlineData("Etc/GMT+3", 201)]
    [InlineData("America/", 422)]
    [InlineData("America", 422)]
    [InlineData("zone.tab", 422)]
    [InlineData("Brasil", 422)]
    [InlineData("E. South America Standard Time", 422)]
    [InlineData("posix/America/Sao_Paulo", 422)]
    [InlineData("../../etc/passwd", 422)]
    [InlineData("GMT-3", 422)]
    public async Task A_time_zone_is_an_IANA_name(string timeZone, int status)
    {
        var ana = await app.Organizer();

        var answer = await ana.Post(
            "/api/v1/venues",
            new
            {
                organizerId = ana.OrganizerId,
                name = "Sala",
                address = "Rua",
                city = "Cidade",
                state = "SP",
                timeZone,
            },
            status
        );

        if (status == 422)
            Assert.Equal(["timeZone"], answer.ErrorFields);
    }

    [Fact]
    public async Task A_change_of_the_venue_or_organizer_is_told_of_for_published_events()
    {
        var ana = await app.Organizer(name: "Antes");
        var venueId = await ana.Venue("Antes");
        var (eventId, _, _) = await ana.Published(venueId: venueId);
        var draftId = await ana.Draft(venueId: venueId);
        var before = await app.Anonymous.Get($"/api/v1/events/{eventId}");

        await ana.Patch($"/api/v1/venues/{venueId}", new { name = "Depois" });
        await ana.Patch($"/api/v1/organizers/{ana.OrganizerId}", new { name = "Então" });

        var told = await app.ToldOf(eventId, 3);
        Assert.Equal(["published", "changed", "changed"], told.Select(t => t.Type));
        Assert.Equal(("Depois", "Antes"), (told[1].Snapshot!.Venue.Name, told[1].Snapshot!.OrganizerName));
        Assert.Equal(("Depois", "Então"), (told[2].Snapshot!.Venue.Name, told[2].Snapshot!.OrganizerName));
        Assert.Equal(told[0].Version + 2, told[2].Version);
        var after = await app.Anonymous.Get($"/api/v1/events/{eventId}");
        Assert.NotEqual(before.ETag, after.ETag);
        Assert.Equal("Então", (string)after["organizer"]["name"]!);
        Assert.Empty(await app.ToldOf(draftId, 0));
        // What is found by searching follows.
        Assert.Contains(
            eventId,
            (await app.Anonymous.Get($"/api/v1/events?q=entao%20depois&organizerId={ana.OrganizerId}")).Ids
        );
    }
}
