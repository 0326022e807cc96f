using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.Events.Venues;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

/// <summary>One date of an event.</summary>
internal sealed class Session
{
    /// <summary>Not fewer than the sections of a seat map.</summary>
    public const int MaxPools = SeatLayout.MaxSections + 20;
    public const int MaxTicketTypes = 200;
    public const int DefaultMaxPerPerson = 10;

    /// <summary>So many are counted when one is taken.</summary>
    public const int MaxMaxPerPerson = 1_000;
    public const int MaxYearsAhead = 10;

    /// <summary>A festival in one session.</summary>
    public const int MaxDays = 31;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid EventId { get; init; }
    public DateTimeOffset StartsAt { get; private set; }
    public DateTimeOffset? DoorsAt { get; private set; }
    public DateTimeOffset? EndsAt { get; private set; }

    /// <summary>Its end, or its start when none is given. Until then it is listed.</summary>
    public DateTimeOffset End => EndsAt ?? StartsAt;

    /// <summary>The same, generated for queries.</summary>
    public DateTimeOffset OverAt { get; private set; }
    public bool Cancelled { get; private set; }
    public Guid? SeatMapId { get; private set; }

    /// <summary>Tickets that one person may have, over all orders.</summary>
    public required int MaxPerPerson { get; set; }

    /// <summary>A buyer names a CPF, and the limit is also of the CPF, whatever the accounts: for nominal tickets.</summary>
    public bool RequiresCpf { get; set; }

    /// <summary>The event's, when the session last changed.</summary>
    public long Version { get; set; } = 1;

    // What the list of events looks at, so that it finds its page by one index: of the event, and of the ticket types.
    public bool Listed { get; private set; }
    public Guid OrganizerId { get; private set; }
    public string CategoryKey { get; private set; } = "";
    public string CityKey { get; private set; } = "";
    public long? MinPriceAmount { get; private set; }
    public string? MinPriceCurrency { get; private set; }

    public List<Pool> Pools { get; } = [];
    public List<TicketType> TicketTypes { get; } = [];

    /// <exception cref="ProblemException">422: the dates contradict each other, or the start has passed.</exception>
    public void Schedule(DateTimeOffset startsAt, DateTimeOffset? doorsAt, DateTimeOffset? endsAt, DateTimeOffset now)
    {
        startsAt = startsAt.ToStored();
        // A new session has no start yet, which reads as the first moment of all.
        var moves = StartsAt == default || startsAt != StartsAt;
        if (moves && (startsAt <= now || startsAt > now.AddYears(MaxYearsAhead)))
            throw ProblemException.Invalid("startsAt", $"In the future, at most {MaxYearsAhead} years ahead.");
        if (doorsAt > startsAt || doorsAt < startsAt.AddDays(-1))
            throw ProblemException.Invalid("doorsAt", "Within the day before the start.");
        if (endsAt <= startsAt || endsAt > startsAt.AddDays(MaxDays))
            throw ProblemException.Invalid("endsAt", $"After the start, at most {MaxDays} days later.");
        StartsAt = startsAt;
        DoorsAt = doorsAt?.ToStored();
        EndsAt = endsAt?.ToStored();
    }

    public void Cancel() => Cancelled = true;

    public void Index(Event e)
    {
        Listed = e.Status == EventStatus.Published && !Cancelled;
        (OrganizerId, CategoryKey, CityKey) = (e.OrganizerId, e.CategoryKey, e.CityKey);
    }

    /// <summary>After a change of its ticket types.</summary>
    public void IndexPrice()
    {
        var cheapest = TicketTypes.MinBy(t => t.FullPrice.Amount)?.FullPrice;
        (MinPriceAmount, MinPriceCurrency) = (cheapest?.Amount, cheapest?.Currency);
    }

    /// <exception cref="ProblemException">409 once cancelled.</exception>
    public void RequireOpen()
    {
        if (Cancelled)
            throw ProblemException.Conflict("session-cancelled", "The session is cancelled.");
    }

    public Pool FindPool(Guid id) => Pools.SingleOrDefault(p => p.Id == id) ?? throw ProblemException.NotFound("pool");

    public Pool AddPool(string field, string name, int capacity, Guid? sectionId = null)
    {
        if (Pools.Count >= MaxPools)
            throw ProblemException.Conflict("limit-reached", $"A session has at most {MaxPools} pools.");
        Pool.CheckCapacity(capacity);
        var pool = new Pool
        {
            // They are shown by their ids: of those made in one request, each is of a later millisecond.
            Id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddMilliseconds(Pools.Count)),
            SessionId = Id,
            Name = CheckPoolName(field, name),
            Capacity = capacity,
            SectionId = sectionId,
        };
        Pools.Add(pool);
        return pool;
    }

    /// <summary>A name that no other pool has: this one, or with a number.</summary>
    public string FreePoolName(string name)
    {
        name = name[..Math.Min(name.Length, Pool.MaxNameLength - 5)].Trim();
        var taken = Pools.Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return taken.Contains(name)
            ? Enumerable.Range(2, Pools.Count).Select(i => $"{name} {i}").First(n => !taken.Contains(n))
            : name;
    }

    /// <exception cref="ProblemException">422 when another pool has this name.</exception>
    public string CheckPoolName(string field, string name, Pool? except = null) =>
        Pools.Any(p => p != except && p.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))
            ? throw ProblemException.Invalid(field, "Another pool of the session has this name.")
            : name.Trim();

    /// <exception cref="ProblemException">409 when ticket types draw from it, or it was on sale.</exception>
    public void RemovePool(Event owner, Pool pool)
    {
        if (owner.Status != EventStatus.Draft)
            throw ProblemException.Conflict(
                "pool-on-sale",
                "A pool of a published event stays: set its capacity to what is sold instead."
            );
        if (TicketTypes.Any(t => t.PoolId == pool.Id))
            throw ProblemException.Conflict("pool-in-use", "Ticket types draw from this pool.");
        if (pool.SectionId is not null)
            throw ProblemException.Conflict("pool-seated", "The seat map makes this pool.");
        Pools.Remove(pool);
    }

    /// <summary>One pool for each section of the map, with the section's seats.</summary>
    public void TakeSections(SeatMap map)
    {
        SeatMapId = map.Id;
        foreach (var section in map.Sections.OrderBy(s => s.Position))
        {
            var pool = Pools.SingleOrDefault(p => p.SectionId == section.Id);
            if (pool is null)
                AddPool("pools", section.Name, section.SeatCount, section.Id);
            else
                pool.Capacity = section.SeatCount;
        }
    }

    /// <exception cref="ProblemException">409 when ticket types are for it.</exception>
    public void RemoveSection(Section section)
    {
        var pool = Pools.Single(p => p.SectionId == section.Id);
        if (TicketTypes.Any(t => t.PoolId == pool.Id))
            throw ProblemException.Conflict(
                "section-in-use",
                $"A session sells ticket types for the section '{section.Name}'."
            );
        Pools.Remove(pool);
    }

    public TicketType AddTicketType(TicketType type)
    {
        if (TicketTypes.Count >= MaxTicketTypes)
            throw ProblemException.Conflict("limit-reached", $"A session has at most {MaxTicketTypes} ticket types.");
        TicketTypes.Add(type);
        return type;
    }

    public SessionSnapshot Snapshot() =>
        new(
            Id,
            StartsAt,
            DoorsAt,
            EndsAt,
            Cancelled,
            SeatMapId,
            [.. Pools.OrderBy(p => p.Id).Select(p => p.Snapshot())],
            [.. TicketTypes.OrderBy(t => t.Id).Select(t => t.Snapshot())],
            Version,
            MaxPerPerson,
            RequiresCpf
        );

    private sealed class Mapping : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> builder)
        {
            builder.Property(s => s.Id).ValueGeneratedNever();
            builder.HasIndex(s => new { s.EventId, s.StartsAt });
            builder.Ignore(s => s.End);
            builder.Property(s => s.OverAt).HasComputedColumnSql("coalesce(ends_at, starts_at)", stored: true);
            builder.Property(s => s.CategoryKey).HasMaxLength(Event.MaxCategoryLength);
            builder.Property(s => s.CityKey).HasMaxLength(Venue.MaxCityLength);
            builder.Property(s => s.MinPriceCurrency).HasMaxLength(3);
            // Of each filter that may find many the first page comes in its order. (Running ones: ListingIndexes.)
            builder.HasIndex(s => new { s.StartsAt, s.EventId }).HasFilter("listed");
            builder
                .HasIndex(s => new
                {
                    s.CityKey,
                    s.StartsAt,
                    s.EventId,
                })
                .HasFilter("listed");
            builder
                .HasIndex(s => new
                {
                    s.CategoryKey,
                    s.StartsAt,
                    s.EventId,
                })
                .HasFilter("listed");
            builder
                .HasIndex(s => new
                {
                    s.OrganizerId,
                    s.StartsAt,
                    s.EventId,
                })
                .HasFilter("listed");
            builder.HasOne<SeatMap>().WithMany().HasForeignKey(s => s.SeatMapId);
            builder.HasMany(s => s.Pools).WithOne().HasForeignKey(p => p.SessionId);
            builder.HasMany(s => s.TicketTypes).WithOne().HasForeignKey(t => t.SessionId);
        }
    }
}
