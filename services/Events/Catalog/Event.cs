using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NpgsqlTypes;
using Ticketing.Contracts;
using Ticketing.Events.Browsing;
using Ticketing.Events.Changes;
using Ticketing.Events.Teams;
using Ticketing.Events.Venues;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

/// <summary>Draft: only its team sees it. Published: on sale. Cancelled: over, for good.</summary>
internal enum EventStatus
{
    Draft,
    Published,
    Cancelled,
}

/// <summary>
/// An event with its sessions, pools and ticket types: read, changed and told of as one. Every change happens under the
/// lock of its row and takes the next version.
/// </summary>
internal sealed class Event
{
    public const int MaxTitleLength = 150;
    public const int MaxDescriptionLength = 20_000;
    public const int MaxCategoryLength = 40;
    public const int MaxReasonLength = 500;
    public const int MaxPerOrganizer = 2_000;
    public const int MaxSessions = 200;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid OrganizerId { get; init; }
    public Organizer Organizer { get; set; } = null!;
    public Guid VenueId { get; set; }
    public Venue Venue { get; set; } = null!;
    public required string Title { get; set; }

    /// <summary>Given once: addresses that were shared stay good.</summary>
    public required string Slug { get; init; }
    public required string Description { get; set; }
    public required string Category { get; set; }
    public string CategoryKey { get; private set; } = "";

    /// <summary>The venue's city as it is searched.</summary>
    public string CityKey { get; private set; } = "";

    /// <summary>Where its picture is found (<see cref="Pictures.EventPicture.AddressOf"/>); null when it has none.</summary>
    public string? ImageUrl { get; set; }

    /// <summary>#RRGGBB: of what is printed and shown of it.</summary>
    public string? AccentColor { get; set; }
    public EventStatus Status { get; private set; }
    public string? CancelReason { get; private set; }
    public DateTimeOffset? PublishedAt { get; private set; }
    public DateTimeOffset? CancelledAt { get; private set; }
    public long Version { get; private set; } = 1;

    /// <summary>What a search looks at.</summary>
    public string SearchText { get; private set; } = "";

    /// <summary>Generated from <see cref="SearchText"/>.</summary>
    public NpgsqlTsVector SearchVector { get; private set; } = null!;
    public List<Session> Sessions { get; } = [];

    /// <summary>Sessions by date.</summary>
    public IEnumerable<Session> ByDate() => Sessions.OrderBy(s => s.StartsAt).ThenBy(s => s.Id);

    public bool IsOver(DateTimeOffset now) =>
        Status == EventStatus.Cancelled || Sessions.All(s => s.Cancelled || s.End < now);

    /// <summary>The next version, of these sessions too, and what is found by browsing.</summary>
    public void Advance(params IEnumerable<Session> changed)
    {
        Version++;
        foreach (var session in changed)
            session.Version = Version;
        Index();
    }

    public void Index()
    {
        CategoryKey = TextFolding.Key(Category, MaxCategoryLength);
        CityKey = TextFolding.Key(Venue.City, Venue.MaxCityLength);
        var words = SearchWords.Index($"{Title} {Category} {Organizer.Name} {Venue.Name} {Venue.City}");
        var end = Sessions.Where(s => !s.Cancelled).Max(s => (DateTimeOffset?)s.End);
        SearchText = end is { } at ? $"{words} {string.Join(' ', EndMonths.Of(at))}" : words;
        foreach (var session in Sessions)
            session.Index(this);
    }

    /// <exception cref="ProblemException">409 once cancelled.</exception>
    public void RequireOpen()
    {
        if (Status == EventStatus.Cancelled)
            throw ProblemException.Conflict("event-cancelled", "The event is cancelled.");
    }

    /// <exception cref="ProblemException">409: seats belong to a venue.</exception>
    public void MoveTo(Venue venue)
    {
        if (Sessions.Any(s => s.SeatMapId is not null))
            throw ProblemException.Conflict(
                "seat-map-in-use",
                "A session has a seat map of the venue: the event cannot move."
            );
        VenueId = venue.Id;
        Venue = venue;
    }

    public Session AddSession(Session session)
    {
        if (Sessions.Count >= MaxSessions)
            throw ProblemException.Conflict("limit-reached", $"An event has at most {MaxSessions} sessions.");
        Sessions.Add(session);
        return session;
    }

    /// <summary>A draft forgets the session; once published it is cancelled, for people may hold tickets.</summary>
    public void RemoveSession(Session session)
    {
        if (Status == EventStatus.Draft)
            Sessions.Remove(session);
        else if (Sessions.All(s => s == session || s.Cancelled))
            throw ProblemException.Conflict(
                "last-session",
                "It is the event's last session: cancel the event instead."
            );
        else
            session.Cancel();
    }

    /// <summary>One currency an event.</summary>
    public void CheckCurrency(string field, string currency, TicketType? except = null)
    {
        var other = Sessions
            .SelectMany(s => s.TicketTypes)
            .FirstOrDefault(t => t != except && t.Price.Currency != currency);
        if (other is not null)
            throw ProblemException.Invalid(
                field,
                $"An event has one currency, and this one's is {other.Price.Currency}."
            );
    }

    /// <summary>Puts it on sale. Doing so again changes nothing.</summary>
    /// <exception cref="ProblemException">422 names what is missing.</exception>
    public bool Publish(DateTimeOffset now)
    {
        RequireOpen();
        if (Status == EventStatus.Published)
            return false;
        var missing = MissingForSale(now);
        if (missing.Count > 0)
            throw new ProblemException(422, "event-incomplete", "The event cannot be sold yet.") { Errors = missing };
        Status = EventStatus.Published;
        PublishedAt = now.ToStored();
        return true;
    }

    private Dictionary<string, string[]> MissingForSale(DateTimeOffset now)
    {
        var missing = new Dictionary<string, string[]>();
        if (Description.Length == 0)
            missing["description"] = ["Say what the event is."];
        if (!Sessions.Any(s => s.StartsAt > now))
            missing["sessions"] = ["At least one session in the future is needed."];
        var i = 0;
        foreach (var session in ByDate())
        {
            if (session.TicketTypes.Count == 0)
                missing[$"sessions[{i}].ticketTypes"] = [$"Session {session.Id} sells nothing."];
            else if (session.Pools.Sum(p => (long)p.Capacity) == 0)
                missing[$"sessions[{i}].pools"] = [$"Session {session.Id} has no capacity."];
            i++;
        }
        return missing;
    }

    /// <summary>Ends it for good. Doing so again changes nothing.</summary>
    public bool Cancel(string reason, DateTimeOffset now)
    {
        if (Status == EventStatus.Draft)
            throw ProblemException.Conflict("event-not-published", "A draft is deleted, not cancelled.");
        if (Status == EventStatus.Cancelled)
            return false;
        Status = EventStatus.Cancelled;
        CancelReason = reason;
        CancelledAt = now.ToStored();
        return true;
    }

    public EventCancelled Cancellation() => new(Id, Version, CancelReason!, CancelledAt!.Value);

    /// <summary>What is told of the event, with these sessions.</summary>
    public EventSnapshot Snapshot(IEnumerable<Session> sessions, bool partial = false) =>
        new(
            Id,
            Version,
            OrganizerId,
            Organizer.Name,
            Title,
            Slug,
            Venue.Snapshot(),
            [.. sessions.Select(s => s.Snapshot())],
            partial,
            ImageUrl,
            AccentColor,
            Organizer.ContactEmail
        );

    private sealed class Mapping : IEntityTypeConfiguration<Event>
    {
        public void Configure(EntityTypeBuilder<Event> builder)
        {
            builder.Property(e => e.Title).HasMaxLength(MaxTitleLength);
            builder.Property(e => e.Slug).HasMaxLength(Events.Slug.MaxLength);
            builder.HasIndex(e => e.Slug).IsUnique();
            builder.Property(e => e.Description).HasMaxLength(MaxDescriptionLength);
            builder.Property(e => e.Category).HasMaxLength(MaxCategoryLength);
            builder.Property(e => e.CategoryKey).HasMaxLength(MaxCategoryLength);
            builder.Property(e => e.CityKey).HasMaxLength(Venue.MaxCityLength);
            builder.Property(e => e.ImageUrl).HasMaxLength(WebAddressAttribute.MaxLength);
            builder.Property(e => e.AccentColor).HasMaxLength(ServiceDefaults.AccentColor.Length).IsFixedLength();
            builder.Property(e => e.CancelReason).HasMaxLength(MaxReasonLength);
            builder.Property(e => e.Status).HasMaxLength(20);
            builder
                .Property(e => e.SearchVector)
                .HasComputedColumnSql("to_tsvector('simple', search_text)", stored: true);
            builder.HasIndex(e => e.SearchVector).HasMethod("gin").HasFilter("status = 'Published'");
            builder.HasIndex(e => new { e.OrganizerId, e.Id });
            builder.AddChangedIn("status <> 'Draft'", nameof(Id));
            builder
                .HasOne(e => e.Organizer)
                .WithMany()
                .HasForeignKey(e => e.OrganizerId)
                .OnDelete(DeleteBehavior.Restrict);
            builder.HasOne(e => e.Venue).WithMany().HasForeignKey(e => e.VenueId).OnDelete(DeleteBehavior.Restrict);
            builder.HasMany(e => e.Sessions).WithOne().HasForeignKey(s => s.EventId);
        }
    }
}
