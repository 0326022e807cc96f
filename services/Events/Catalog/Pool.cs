using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.Events.Venues;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

/// <summary>Capacity that ticket types of a session draw from.</summary>
internal sealed class Pool
{
    public const int MaxNameLength = 60;
    public const int MaxCapacity = 1_000_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid SessionId { get; init; }
    public required string Name { get; set; }
    public required int Capacity { get; set; }

    /// <summary>The seat map's section whose seats these are.</summary>
    public Guid? SectionId { get; init; }
    public long Version { get; private set; } = 1;

    /// <summary>Any number is accepted here; what is sold already, Tickets knows and keeps.</summary>
    public static void CheckCapacity(int? capacity)
    {
        if (capacity is < 0 or > MaxCapacity)
            throw ProblemException.Invalid("capacity", $"From 0 to {MaxCapacity}.");
    }

    /// <exception cref="ProblemException">409: a seated pool's capacity is its seats.</exception>
    public void Resize(int capacity)
    {
        CheckCapacity(capacity);
        if (SectionId is not null && capacity != Capacity)
            throw ProblemException.Conflict("pool-seated", "Its capacity is the section's seats.");
        Capacity = capacity;
    }

    public void Advance() => Version++;

    public PoolSnapshot Snapshot() => new(Id, Name, Capacity, SectionId);

    private sealed class Mapping : IEntityTypeConfiguration<Pool>
    {
        public void Configure(EntityTypeBuilder<Pool> builder)
        {
            builder.Property(p => p.Id).ValueGeneratedNever();
            builder.Property(p => p.Name).HasMaxLength(MaxNameLength);
            builder.HasIndex(p => p.SessionId);
            builder.HasOne<Section>().WithMany().HasForeignKey(p => p.SectionId).OnDelete(DeleteBehavior.Restrict);
            builder.ToTable(t => t.HasCheckConstraint("ck_pools_capacity", "capacity >= 0"));
        }
    }
}
