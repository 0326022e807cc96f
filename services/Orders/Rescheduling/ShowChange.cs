using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ticketing.Orders.Rescheduling;

/// <summary>
/// What an event (its title and place) or a session (its start) was changed to. Orders placed later are written with it,
/// whatever their hold says; those placed before are brought to it, some at a time.
/// </summary>
internal sealed class ShowChange
{
    public required Guid SubjectId { get; init; }

    /// <summary>A lower one is stale.</summary>
    public required long Version { get; init; }
    public string? EventTitle { get; init; }
    public Guid? VenueId { get; init; }
    public string? VenueName { get; init; }
    public string? VenueCity { get; init; }
    public string? TimeZone { get; init; }
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>When one of these was last another.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Orders up to this id were looked at in this pass.</summary>
    public Guid UpTo { get; private set; }

    /// <summary>Null when all orders were looked at.</summary>
    public DateTimeOffset? ResumeAt { get; private set; }

    public void Advance(Guid upTo, DateTimeOffset? resumeAt) => (UpTo, ResumeAt) = (upTo, resumeAt);

    private sealed class Mapping : IEntityTypeConfiguration<ShowChange>
    {
        public void Configure(EntityTypeBuilder<ShowChange> change)
        {
            change.ToTable("show_changes");
            change.HasKey(c => c.SubjectId);
            change.Property(c => c.SubjectId).ValueGeneratedNever();
            change.Property(c => c.UpTo).HasDefaultValue(Guid.Empty);
            change.HasIndex(c => c.ResumeAt).HasFilter("resume_at IS NOT NULL");
        }
    }
}
