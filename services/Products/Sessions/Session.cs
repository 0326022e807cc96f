using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ticketing.Products.Sessions;

/// <summary>A session as told by Events: whose it is and whether it still takes place.</summary>
internal sealed class Session
{
    public required Guid Id { get; init; }
    public required Guid EventId { get; init; }
    public required Guid OrganizerId { get; init; }
    public bool Cancelled { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> builder)
        {
            builder.ToTable("sessions");
            builder.HasIndex(s => s.EventId);
        }
    }
}

/// <summary>The newest version of an event that was applied; an older message changes nothing.</summary>
internal sealed class EventVersion
{
    public required Guid Id { get; init; }
    public long Version { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<EventVersion>
    {
        public void Configure(EntityTypeBuilder<EventVersion> builder) => builder.ToTable("event_versions");
    }
}
