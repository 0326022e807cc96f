using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;

namespace Ticketing.Events.Venues;

/// <summary>The numbered seats of a venue, by section and row. Not to be changed once a published session sells it.</summary>
internal sealed class SeatMap
{
    public const int MaxNameLength = 120;
    public const int MaxPerVenue = 50;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid VenueId { get; init; }
    public required string Name { get; set; }
    public int SeatCount { get; set; }
    public long Version { get; set; } = 1;
    public List<Section> Sections { get; } = [];

    private sealed class Mapping : IEntityTypeConfiguration<SeatMap>
    {
        public void Configure(EntityTypeBuilder<SeatMap> builder)
        {
            builder.Property(m => m.Name).HasMaxLength(MaxNameLength);
            builder.HasOne<Venue>().WithMany().HasForeignKey(m => m.VenueId);
            builder.HasMany(m => m.Sections).WithOne().HasForeignKey(s => s.SeatMapId);
        }
    }
}

internal sealed class Section
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid SeatMapId { get; init; }
    public required string Name { get; init; }
    public int Position { get; set; }
    public SectionKind Kind { get; set; }
    public int SeatCount { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<Section>
    {
        public void Configure(EntityTypeBuilder<Section> builder)
        {
            builder.Property(s => s.Name).HasMaxLength(SeatLayout.MaxNameLength);
            builder.Property(s => s.Kind).HasMaxLength(20);
            builder.HasIndex(s => new { s.SeatMapId, s.Name }).IsUnique();
        }
    }
}

internal sealed class Seat
{
    public Guid Id { get; init; }
    public Guid SectionId { get; init; }
    public required string Row { get; init; }
    public required string Number { get; init; }

    /// <summary>Place in the section, row by row.</summary>
    public int Position { get; init; }
    public SeatKind Kind { get; init; }

    /// <summary>See <see cref="SeatGrid"/>.</summary>
    public int X { get; init; }
    public int Y { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Seat>
    {
        public void Configure(EntityTypeBuilder<Seat> builder)
        {
            builder.Property(s => s.Row).HasMaxLength(SeatLayout.MaxNameLength);
            builder.Property(s => s.Kind).HasMaxLength(20);
            builder.Property(s => s.Number).HasMaxLength(SeatLayout.MaxNumberLength);
            builder.HasIndex(s => new { s.SectionId, s.Position }).IsUnique();
            builder.HasOne<Section>().WithMany().HasForeignKey(s => s.SectionId);
        }
    }
}
