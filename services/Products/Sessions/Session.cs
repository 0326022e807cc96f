using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ticketing.Products.Sessions;

/// <summary>
/// A session as told by Events: whose it is and whether it still takes place. Of a draft it is heard when a product is added
/// to it.
/// </summary>
internal sealed class Session
{
    public required Guid Id { get; init; }
    public required Guid EventId { get; init; }
    public required Guid OrganizerId { get; init; }
    public bool Cancelled { get; init; }

    /// <summary>Its end, or its start when no end was told.</summary>
    public required DateTimeOffset OverAt { get; init; }

    /// <summary>Of the event, when the session last changed; an older message changes nothing. 0 before it is public.</summary>
    public long Version { get; init; }

    public bool IsPublic => Version > 0;

    private sealed class Mapping : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> builder)
        {
            builder.ToTable("sessions");
            builder.Ignore(s => s.IsPublic);
            builder.HasIndex(s => s.EventId);
            builder.HasIndex(s => s.OverAt);
        }
    }
}

/// <summary>
/// An event that was heard of. Its row is the lock under which its messages take turns, and it remembers that the event is
/// cancelled when a session of it is heard of later.
/// </summary>
internal sealed class HeardEvent
{
    public required Guid Id { get; init; }
    public bool Cancelled { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<HeardEvent>
    {
        public void Configure(EntityTypeBuilder<HeardEvent> builder) => builder.ToTable("events");
    }
}
