using System.Globalization;
using Ticketing.Contracts;

namespace Ticketing.Tickets.Tests;

/// <summary>An event with one session, as Events would tell of it. Change it and publish it again.</summary>
public sealed class Show
{
    public Guid EventId { get; } = Guid.CreateVersion7();
    public Guid SessionId { get; } = Guid.CreateVersion7();
    public Guid OrganizerId { get; } = Guid.CreateVersion7();
    public Guid SeatMapId { get; } = Guid.CreateVersion7();
    public long Version { get; set; } = 1;
    public string Title { get; set; } = "Noite de Choro & Canções";

    /// <summary>So many that other rules come first.</summary>
    public int MaxPerPerson { get; set; } = 100;
    public bool RequiresCpf { get; set; }
    public bool Cancelled { get; set; }
    public string? ImageUrl { get; set; }
    public DateTimeOffset StartsAt { get; set; } = TimeProvider.System.GetUtcNow().AddDays(30);
    public DateTimeOffset? DoorsAt { get; set; }
    public List<PoolSnapshot> Pools { get; } = [];
    public List<TicketTypeSnapshot> Types { get; } = [];

    /// <summary>Seats of a seated pool, by its id, in the order of the map.</summary>
    public Dictionary<Guid, List<Guid>> Seats { get; } = [];
    private readonly List<SeatMapSection> sections = [];

    /// <summary>A general-admission pool with one ticket type; answers the type's id.</summary>
    public Guid Standing(int capacity, int maxPerOrder = 10, string name = "Pista")
    {
        var pool = new PoolSnapshot(Guid.CreateVersion7(), name, capacity, null);
        Pools.Add(pool);
        return Type(pool.Id, name, maxPerOrder: maxPerOrder);
    }

    /// <summary>A seated pool of rows × numbers with one ticket type; answers the type's id.</summary>
    public Guid Seated(int rows, int numbers, string name = "Plateia")
    {
        var seats = new List<SeatMapSeat>();
        for (var row = 0; row < rows; row++)
        for (var number = 1; number <= numbers; number++)
            seats.Add(
                new(
                    Guid.CreateVersion7(),
                    ((char)('A' + row)).ToString(),
                    number.ToString(CultureInfo.InvariantCulture)
                )
            );
        var section = new SeatMapSection(Guid.CreateVersion7(), name, seats);
        sections.Add(section);
        var pool = new PoolSnapshot(Guid.CreateVersion7(), name, seats.Count, section.Id);
        Pools.Add(pool);
        Seats[pool.Id] = [.. seats.Select(s => s.Id)];
        return Type(pool.Id, name);
    }

    /// <summary>Another ticket type of a pool.</summary>
    public Guid Type(
        Guid poolId,
        string name,
        TicketKind kind = TicketKind.Full,
        int maxPerOrder = 10,
        long price = 15000,
        DateTimeOffset? salesStart = null,
        DateTimeOffset? salesEnd = null,
        long fee = 0,
        long platformFee = 0
    )
    {
        Types.Add(
            new(
                Guid.CreateVersion7(),
                poolId,
                name,
                kind,
                new Money(price, "BRL"),
                salesStart,
                salesEnd,
                maxPerOrder,
                fee,
                platformFee
            )
        );
        return Types[^1].Id;
    }

    public Guid PoolOf(Guid typeId) => Types.Single(t => t.Id == typeId).PoolId;

    public List<Guid> SeatsOf(Guid typeId) => Seats[PoolOf(typeId)];

    public SeatMapSeats SeatMap() => new(SeatMapId, sections);

    public EventSnapshot Snapshot() =>
        new(
            EventId,
            Version,
            OrganizerId,
            "Produções Aurora",
            Title,
            "noite-de-choro",
            new VenueSnapshot(
                Guid.CreateVersion7(),
                "Teatro São Pedro",
                "Rua da Consolação, 1200",
                "São Paulo",
                "SP",
                "America/Sao_Paulo"
            ),
            [
                new SessionSnapshot(
                    SessionId,
                    StartsAt,
                    DoorsAt,
                    null,
                    Cancelled,
                    sections.Count > 0 ? SeatMapId : null,
                    [.. Pools],
                    [.. Types],
                    MaxPerPerson: MaxPerPerson,
                    RequiresCpf: RequiresCpf
                ),
            ],
            ImageUrl: ImageUrl
        );
}
