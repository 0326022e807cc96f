using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Venues;

/// <summary>A place where events happen.</summary>
internal sealed partial class Venue
{
    public const int MaxNameLength = 120;
    public const int MaxAddressLength = 300;
    public const int MaxCityLength = 100;
    public const int MaxStateLength = 50;
    public const int MaxTimeZoneLength = 50;
    public const int MaxCapacity = 1_000_000;
    public const int MaxPerOrganizer = 500;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid OrganizerId { get; init; }
    public required string Name { get; set; }
    public required string Address { get; set; }
    public required string City { get; set; }
    public required string State { get; set; }

    /// <summary>IANA name.</summary>
    public required string TimeZone { get; set; }
    public int? Capacity { get; set; }
    public long Version { get; set; } = 1;

    public VenueSnapshot Snapshot() => new(Id, Name, Address, City, State, TimeZone);

    /// <exception cref="ProblemException">422 when it is not an IANA time zone.</exception>
    public static void CheckTimeZone(string? name)
    {
        if (name is not null && !IsIanaZone(name))
            throw ProblemException.Invalid("timeZone", "Not an IANA time zone, such as America/Sao_Paulo.");
    }

    /// <summary>Asks the tz database itself, which the system keeps up to date; its folder holds more than zones.</summary>
    private static bool IsIanaZone(string name) =>
        ZoneName().IsMatch(name)
        && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
        && zone.HasIanaId
        && zone.Id == name;

    [GeneratedRegex(@"^[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*)*\z")]
    private static partial Regex ZoneName();

    /// <exception cref="ProblemException">422 when out of range.</exception>
    public static void CheckCapacity(int? capacity)
    {
        if (capacity is < 1 or > MaxCapacity)
            throw ProblemException.Invalid("capacity", $"From 1 to {MaxCapacity}.");
    }

    private sealed class Mapping : IEntityTypeConfiguration<Venue>
    {
        public void Configure(EntityTypeBuilder<Venue> builder)
        {
            builder.Property(v => v.Name).HasMaxLength(MaxNameLength);
            builder.Property(v => v.Address).HasMaxLength(MaxAddressLength);
            builder.Property(v => v.City).HasMaxLength(MaxCityLength);
            builder.Property(v => v.State).HasMaxLength(MaxStateLength);
            builder.Property(v => v.TimeZone).HasMaxLength(MaxTimeZoneLength);
            builder.HasIndex(v => new { v.OrganizerId, v.Id });
            builder.HasOne<Organizer>().WithMany().HasForeignKey(v => v.OrganizerId).OnDelete(DeleteBehavior.Restrict);
        }
    }
}

/// <param name="TimeZone">IANA name; dates are shown in it.</param>
/// <param name="Capacity">People it holds; says nothing about what is sold.</param>
internal sealed record VenueView(
    Guid Id,
    Guid OrganizerId,
    string Name,
    string Address,
    string City,
    string State,
    string TimeZone,
    int? Capacity
)
{
    public static VenueView Of(Venue v) =>
        new(v.Id, v.OrganizerId, v.Name, v.Address, v.City, v.State, v.TimeZone, v.Capacity);
}
