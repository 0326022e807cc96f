using System.Text.Json.Nodes;
using Ticketing.Local.Seeding;

namespace Ticketing.System.Tests;

/// <summary>A published session to sell.</summary>
internal sealed record Show(Guid EventId, Guid SessionId, Guid TicketTypeId, Guid? ProductId)
{
    public object HoldOf(int quantity) =>
        new { sessionId = SessionId, items = new[] { new { ticketTypeId = TicketTypeId, quantity } } };

    public static async Task<Show> PublishAsync(ApiClient organizer, int capacity, int price, int stock)
    {
        var mine = (await organizer.GetAsync("/api/v1/organizers", default))["items"]![0]!.Id();
        var venue = (await organizer.GetAsync($"/api/v1/venues?organizerId={mine}", default))["items"]![0]!.Id();
        var show = await organizer.PostAsync(
            "/api/v1/events",
            new
            {
                organizerId = mine,
                venueId = venue,
                title = $"Cena {Guid.CreateVersion7()}",
                description = "Um cenário de teste.",
                category = "concert",
            },
            default
        );
        var session = await organizer.PostAsync(
            $"/api/v1/events/{show.Id()}/sessions",
            new { startsAt = TimeProvider.System.GetUtcNow().AddDays(30) },
            default
        );
        var type = await organizer.PostAsync(
            $"/api/v1/sessions/{session.Id()}/ticket-types",
            new
            {
                name = "Inteira",
                kind = "full",
                capacity,
                price = new { amount = price, currency = "BRL" },
            },
            default
        );
        await organizer.PostAsync($"/api/v1/events/{show.Id()}/publish", null, default);
        Guid? product =
            stock == 0
                ? null
                : (
                    await organizer.PostWhenKnownAsync(
                        "/api/v1/products",
                        new
                        {
                            sessionId = session.Id(),
                            name = "Camiseta",
                            price = new { amount = 5000, currency = "BRL" },
                            stock,
                            maxPerOrder = 4,
                        },
                        default
                    )
                ).Id();
        var sold = new Show(show.Id(), session.Id(), type.Id(), product);
        await sold.UntilOnSaleAsync(organizer);
        return sold;
    }

    /// <summary>Tickets and Products hear of the session a moment after it is published.</summary>
    private Task UntilOnSaleAsync(ApiClient api) =>
        TestKit.Eventually.TrueAsync(async () =>
        {
            using var availability = await api.SendAsync(
                HttpMethod.Get,
                $"/api/v1/sessions/{SessionId}/availability",
                null,
                default
            );
            return availability.IsSuccessStatusCode
                && (
                    ProductId is null
                    || (await api.GetAsync($"/api/v1/products?sessionId={SessionId}", default))["items"]!
                        .AsArray()
                        .Count > 0
                );
        });

    /// <summary>What everybody sees is up to a second old.</summary>
    public Task UntilAvailableAsync(ApiClient api, int places) =>
        TestKit.Eventually.GetAsync(() => AvailableAsync(api), available => available == places);

    private async Task<int> AvailableAsync(ApiClient api)
    {
        var availability = await api.GetAsync($"/api/v1/sessions/{SessionId}/availability", default);
        return availability["ticketTypes"]!.AsArray().Single()!["available"]!.GetValue<int>();
    }
}
