namespace Ticketing.Events.Tests;

/// <summary>What an organizer does before a test begins.</summary>
internal static class Setup
{
    public const string SaoPaulo = "America/Sao_Paulo";

    public static async Task<Guid> Venue(
        this Person owner,
        string name = "Teatro Municipal",
        string city = "São Paulo",
        string timeZone = SaoPaulo
    ) =>
        (
            await owner.Post(
                "/api/v1/venues",
                new
                {
                    organizerId = owner.OrganizerId,
                    name,
                    address = "Praça Ramos de Azevedo, s/n",
                    city,
                    state = "SP",
                    timeZone,
                },
                201
            )
        ).Id;

    public static async Task<Guid> Draft(
        this Person owner,
        string? title = null,
        Guid? venueId = null,
        string category = "Show"
    ) =>
        (
            await owner.Post(
                "/api/v1/events",
                new
                {
                    organizerId = owner.OrganizerId,
                    venueId = venueId ?? await owner.Venue(),
                    title = title ?? $"Noite {Guid.CreateVersion7():N}",
                    description = "Uma noite **inesquecível**.",
                    category,
                },
                201
            )
        ).Id;

    public static async Task<Guid> Session(this Person owner, Guid eventId, double inDays = 30) =>
        (await owner.Post($"/api/v1/events/{eventId}/sessions", new { startsAt = EventsApp.InDays(inDays) }, 201)).Id;

    public static async Task<Guid> TicketType(
        this Person owner,
        Guid sessionId,
        long amount = 15000,
        string name = "Inteira",
        int capacity = 100
    ) =>
        (
            await owner.Post(
                $"/api/v1/sessions/{sessionId}/ticket-types",
                new
                {
                    name,
                    kind = "full",
                    price = new { amount, currency = "BRL" },
                    capacity,
                },
                201
            )
        ).Id;

    /// <summary>A published event with one session that sells one ticket type.</summary>
    public static async Task<(Guid EventId, Guid SessionId, Guid TypeId)> Published(
        this Person owner,
        string? title = null,
        Guid? venueId = null,
        double inDays = 30,
        long amount = 15000,
        string category = "Show"
    )
    {
        var eventId = await owner.Draft(title, venueId, category);
        var sessionId = await owner.Session(eventId, inDays);
        var typeId = await owner.TicketType(sessionId, amount);
        await owner.Post($"/api/v1/events/{eventId}/publish", null, 200);
        return (eventId, sessionId, typeId);
    }
}
