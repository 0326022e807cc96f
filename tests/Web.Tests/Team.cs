using Ticketing.Local.Seeding;
using Ticketing.System.Tests;

namespace Ticketing.Web.Tests;

using Buyer = Ticketing.System.Tests.Buyer;

/// <summary>An organizer of one scenario: its owner, a venue, and an event with one date of fifty places.</summary>
internal sealed record Team(Buyer Person, Guid OrganizerId, Guid VenueId, Guid EventId, Show Show)
{
    /// <summary>Path of the team's pages.</summary>
    public string Room => $"/organizar/{OrganizerId}";
}

internal static class Teams
{
    /// <param name="publish">Else the event is a draft without a date.</param>
    public static async Task<Team> TeamAsync(
        this WebSystem system,
        bool publish = false,
        string name = "Equipe de teste",
        Buyer? person = null,
        Guid? organizerId = null
    )
    {
        person ??= await system.BuyerAsync();
        var organizer = organizerId ?? (await person.Api.PostAsync("/api/v1/organizers", new { name }, default)).Id();
        var venue = await person.Api.PostAsync(
            "/api/v1/venues",
            new
            {
                organizerId = organizer,
                name = "Sala",
                address = "Rua 1",
                city = "Recife",
                state = "PE",
                timeZone = "America/Recife",
            },
            default
        );
        if (publish)
        {
            var sold = await Show.PublishAsync(person.Api, 50, 10000, 0);
            return new(person, organizer, venue.Id(), sold.EventId, sold);
        }
        var draft = await person.Api.PostAsync(
            "/api/v1/events",
            new
            {
                organizerId = organizer,
                venueId = venue.Id(),
                title = $"Cena {Guid.CreateVersion7()}",
                description = "Um cenário de teste.",
                category = "concert",
            },
            default
        );
        return new(person, organizer, venue.Id(), draft.Id(), new(draft.Id(), Guid.Empty, Guid.Empty, null));
    }
}
