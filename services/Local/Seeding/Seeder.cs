using System.Text.Json.Nodes;

namespace Ticketing.Local.Seeding;

/// <summary>
/// The demo's people, places and shows, entered over the public API as their organizers would. Dates lie ahead of the
/// day it runs.
/// </summary>
internal static class Seeder
{
    private const string SaoPaulo = "America/Sao_Paulo";
    private static readonly TimeSpan Offset = TimeSpan.FromHours(-3); // São Paulo has no daylight saving time

    public static async Task RunAsync(Uri baseUrl, CancellationToken ct)
    {
        using var anonymous = new ApiClient(baseUrl);
        await Parallel.ForEachAsync(
            SeedLogins.All,
            ct,
            async (login, token) =>
                await anonymous.PostAsync(
                    "/api/v1/users",
                    new
                    {
                        login.Email,
                        login.Password,
                        login.Name,
                        login.Cpf,
                    },
                    token
                )
        );
        using var aurora = new ApiClient(baseUrl);
        using var teatro = new ApiClient(baseUrl);
        await aurora.LogInAsync(SeedLogins.Organizer.Email, SeedLogins.Organizer.Password, ct);
        await teatro.LogInAsync(SeedLogins.OtherOrganizer.Email, SeedLogins.OtherOrganizer.Password, ct);
        await Task.WhenAll(SeedAuroraAsync(aurora, baseUrl, ct), SeedTeatroAsync(teatro, ct));
    }

    private static async Task SeedAuroraAsync(ApiClient api, Uri baseUrl, CancellationToken ct)
    {
        var organizer = (await api.PostAsync("/api/v1/organizers", new { name = "Aurora Produções" }, ct)).Id();
        var invitations = $"/api/v1/organizers/{organizer}/invitations";
        var invited = await api.PostAsync(invitations, new { email = SeedLogins.Door.Email, role = "door" }, ct);
        using (var door = new ApiClient(baseUrl))
        {
            await door.LogInAsync(SeedLogins.Door.Email, SeedLogins.Door.Password, ct);
            await door.PostAsync($"{invitations}/{invited.Id()}/accept", null, ct);
        }
        var marina = await VenueAsync(
            api,
            organizer,
            "Marina da Glória",
            "Av. Infante Dom Henrique, s/n",
            "Rio de Janeiro",
            "RJ",
            ct
        );
        var galpao = await VenueAsync(api, organizer, "Galpão 9", "Rua do Gasômetro, 900", "São Paulo", "SP", ct);

        var festival = await EventAsync(
            api,
            organizer,
            marina,
            "Festival Maré Alta",
            "Dois dias de música brasileira à beira da baía: do samba ao manguebeat, com pôr do sol incluído.",
            "festival",
            ct
        );
        var days = new List<JsonNode>();
        foreach (var day in new[] { 45, 46 })
        {
            var session = await SessionAsync(api, festival, At(day, 16, 0), null, ct);
            var pista = await PoolAsync(api, session, "Pista", 8000, ct);
            var premium = await PoolAsync(api, session, "Pista Premium", 1500, ct);
            await TicketTypeAsync(api, session, pista, "Pista – inteira", "full", 18000, ct);
            await TicketTypeAsync(api, session, pista, "Pista – meia-entrada", "half", 9000, ct);
            await TicketTypeAsync(api, session, premium, "Pista Premium – inteira", "full", 42000, ct);
            await TicketTypeAsync(api, session, premium, "Pista Premium – meia-entrada", "half", 21000, ct);
            days.Add(session);
        }
        await PublishAsync(api, festival, ct);
        foreach (var session in days)
        {
            await ProductAsync(api, session, "Estacionamento", "Vaga coberta, das 14h às 2h", 6000, 800, ct);
            await ProductAsync(
                api,
                session,
                "Camiseta oficial",
                "Algodão, retirada na loja do festival",
                9000,
                1200,
                ct
            );
            await ProductAsync(api, session, "Copo + 2 águas", "Copo retornável e duas águas", 2500, 5000, ct);
        }

        var clube = await EventAsync(
            api,
            organizer,
            galpao,
            "Noite do Vinil: Conexão São Paulo–Recife",
            "Seleção em vinil, do pé de serra ao boogie. Casa pequena, lotação de 300 pessoas.",
            "party",
            ct
        );
        var noite = await SessionAsync(api, clube, At(12, 22, 0), null, ct);
        var casa = await PoolAsync(api, noite, "Casa", 300, ct);
        await TicketTypeAsync(api, noite, casa, "Ingresso – inteira", "full", 8000, ct);
        await TicketTypeAsync(api, noite, casa, "Ingresso – meia-entrada", "half", 4000, ct);
        await PublishAsync(api, clube, ct);

        var aula = await EventAsync(
            api,
            organizer,
            galpao,
            "Aula aberta: Percussão para todos",
            "Oficina gratuita com instrumentos da casa. É preciso reservar.",
            "workshop",
            ct
        );
        var manha = await SessionAsync(api, aula, At(20, 10, 0), null, ct);
        var sala = await PoolAsync(api, manha, "Sala", 60, ct);
        await TicketTypeAsync(api, manha, sala, "Inscrição gratuita", "full", 0, ct);
        await PublishAsync(api, aula, ct);
    }

    private static async Task SeedTeatroAsync(ApiClient api, CancellationToken ct)
    {
        var organizer = (await api.PostAsync("/api/v1/organizers", new { name = "Teatro Ipê Amarelo" }, ct)).Id();
        var teatro = await VenueAsync(
            api,
            organizer,
            "Teatro Ipê Amarelo",
            "Praça da Liberdade, 120",
            "Belo Horizonte",
            "MG",
            ct
        );
        // 2,120 seats: plateia 30 × 40 with two aisles and accessible seats in front, balcão 20 × 36 with one aisle, and 20 tables
        // of 10.
        var map = (
            await api.PostAsync(
                $"/api/v1/venues/{teatro}/seat-maps",
                new
                {
                    name = "Sala principal",
                    sections = new[]
                    {
                        new
                        {
                            name = "Plateia",
                            kind = "rows",
                            rows = Rows(30, r => Seats(r == 0 ? 2 : 0, 10, 20, 10)),
                        },
                        new
                        {
                            name = "Balcão",
                            kind = "rows",
                            rows = Rows(20, _ => Seats(0, 18, 18)),
                        },
                        new
                        {
                            name = "Camarotes",
                            kind = "tables",
                            rows = Rows(20, _ => Seats(0, 10)),
                        },
                    },
                },
                ct
            )
        ).Id();
        var musical = await EventAsync(
            api,
            organizer,
            teatro,
            "O Auto da Compadecida – o musical",
            "A história de João Grilo e Chicó, com orquestra ao vivo. Lugares marcados.",
            "theatre",
            ct
        );
        var nights = new List<JsonNode>();
        foreach (var (day, hour) in new[] { (30, 20), (31, 20), (32, 17) })
        {
            var session = await SessionAsync(api, musical, At(day, hour, 0), map, ct);
            foreach (var pool in session["pools"]!.AsArray())
            {
                var price = pool!.Text("name") switch
                {
                    "Plateia" => 22000,
                    "Balcão" => 12000,
                    _ => 30000,
                };
                var name = pool!.Text("name");
                await TicketTypeAsync(api, session, pool!.Id(), $"{name} – inteira", "full", price, ct);
                await TicketTypeAsync(api, session, pool!.Id(), $"{name} – meia-entrada", "half", price / 2, ct);
            }
            nights.Add(session);
        }
        await PublishAsync(api, musical, ct);
        foreach (var session in nights)
            await ProductAsync(api, session, "Programa impresso", "Libreto ilustrado", 2000, 600, ct);

        var recital = await EventAsync(
            api,
            organizer,
            teatro,
            "Recital de piano: Villa-Lobos e Nazareth",
            "Choros, valsas e as Bachianas nº 4.",
            "concert",
            ct
        );
        var tarde = await SessionAsync(api, recital, At(60, 18, 30), map, ct);
        foreach (var pool in tarde["pools"]!.AsArray())
            await TicketTypeAsync(api, tarde, pool!.Id(), pool!.Text("name"), "full", 9000, ct);
        await PublishAsync(api, recital, ct);
    }

    private static object[] Rows(int count, Func<int, object> seats) =>
        [.. Enumerable.Range(0, count).Select(r => (object)new { name = RowName(r), seats = seats(r) })];

    /// <summary>Blocks of seats with an aisle of two places between them.</summary>
    /// <param name="accessible">So many at each end of the row, each with a companion's seat beside it.</param>
    private static object?[] Seats(int accessible, params int[] blocks)
    {
        var (all, number) = (blocks.Sum(), 0);
        var places = new List<object?>();
        foreach (var block in blocks)
        {
            if (number > 0)
                places.AddRange([null, null]);
            for (var end = number + block; number < end; )
            {
                var fromEnd = Math.Min(number, all - 1 - number);
                number++;
                places.Add(
                    fromEnd >= accessible * 2
                        ? number
                        : new { number, kind = fromEnd % 2 == 0 ? "accessible" : "companion" }
                );
            }
        }
        return [.. places];
    }

    /// <summary>A, B … Z, AA, AB …</summary>
    private static string RowName(int index) => index < 26 ? $"{(char)('A' + index)}" : $"A{(char)('A' + index - 26)}";

    private static DateTimeOffset At(int daysAhead, int hour, int minute)
    {
        var today = TimeProvider.System.GetUtcNow().ToOffset(Offset).Date;
        return new DateTimeOffset(today.AddDays(daysAhead).AddHours(hour).AddMinutes(minute), Offset).ToUniversalTime();
    }

    private static async Task<Guid> VenueAsync(
        ApiClient api,
        Guid organizerId,
        string name,
        string address,
        string city,
        string state,
        CancellationToken ct
    ) =>
        (
            await api.PostAsync(
                "/api/v1/venues",
                new
                {
                    organizerId,
                    name,
                    address,
                    city,
                    state,
                    timeZone = SaoPaulo,
                },
                ct
            )
        ).Id();

    private static async Task<Guid> EventAsync(
        ApiClient api,
        Guid organizerId,
        Guid venueId,
        string title,
        string description,
        string category,
        CancellationToken ct
    ) =>
        (
            await api.PostAsync(
                "/api/v1/events",
                new
                {
                    organizerId,
                    venueId,
                    title,
                    description,
                    category,
                },
                ct
            )
        ).Id();

    private static Task<JsonNode> SessionAsync(
        ApiClient api,
        Guid eventId,
        DateTimeOffset startsAt,
        Guid? seatMapId,
        CancellationToken ct
    ) =>
        api.PostAsync(
            $"/api/v1/events/{eventId}/sessions",
            new
            {
                startsAt,
                doorsAt = startsAt.AddHours(-1),
                endsAt = startsAt.AddHours(4),
                seatMapId,
            },
            ct
        );

    private static async Task<Guid> PoolAsync(
        ApiClient api,
        JsonNode session,
        string name,
        int capacity,
        CancellationToken ct
    ) => (await api.PostAsync($"/api/v1/sessions/{session.Id()}/pools", new { name, capacity }, ct)).Id();

    private static Task TicketTypeAsync(
        ApiClient api,
        JsonNode session,
        Guid poolId,
        string name,
        string kind,
        int amount,
        CancellationToken ct
    ) =>
        api.PostAsync(
            $"/api/v1/sessions/{session.Id()}/ticket-types",
            new
            {
                name,
                kind,
                poolId,
                price = new { amount, currency = "BRL" },
            },
            ct
        );

    private static Task ProductAsync(
        ApiClient api,
        JsonNode session,
        string name,
        string description,
        int amount,
        int stock,
        CancellationToken ct
    ) =>
        // Products hears of a session a moment after it is published.
        api.PostWhenKnownAsync(
            "/api/v1/products",
            new
            {
                sessionId = session.Id(),
                name,
                description,
                price = new { amount, currency = "BRL" },
                stock,
                maxPerOrder = 4,
            },
            ct
        );

    private static Task PublishAsync(ApiClient api, Guid eventId, CancellationToken ct) =>
        api.PostAsync($"/api/v1/events/{eventId}/publish", null, ct);
}
