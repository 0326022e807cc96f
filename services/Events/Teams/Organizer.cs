using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

/// <summary>Who puts events on; its team acts for it.</summary>
internal sealed class Organizer
{
    public const int MaxNameLength = 120;
    public const int MaxDescriptionLength = 5_000;

    /// <summary>A person founds at most so many; keeps a script from filling the table.</summary>
    public const int MaxPerPerson = 50;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; set; }
    public string? Description { get; set; }
    public string? Website { get; set; }

    /// <summary>Where buyers reach it: printed on tickets and in mails.</summary>
    public string? ContactEmail { get; set; }

    /// <summary>When an administrator found that it is what it says; null: it waits for that (<see cref="EventsOptions"/>).</summary>
    public DateTimeOffset? ApprovedAt { get; set; }
    public long Version { get; set; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }

    /// <exception cref="ProblemException">409: nobody is written to in its name yet.</exception>
    public void RequireApproval(EventsOptions options)
    {
        if (options.ApproveOrganizers && ApprovedAt is null)
            throw ProblemException.Conflict(
                "organizer-not-approved",
                "An administrator approves the organizer before its first event and its first invitation."
            );
    }

    private sealed class Mapping : IEntityTypeConfiguration<Organizer>
    {
        public void Configure(EntityTypeBuilder<Organizer> builder)
        {
            builder.HasIndex(o => o.Id).HasFilter("approved_at IS NULL");
            builder.Property(o => o.Name).HasMaxLength(MaxNameLength);
            builder.Property(o => o.Description).HasMaxLength(MaxDescriptionLength);
            builder.Property(o => o.Website).HasMaxLength(WebAddressAttribute.MaxLength);
            builder.Property(o => o.ContactEmail).HasMaxLength(EmailAddress.MaxLength);
        }
    }
}

/// <summary>An organizer's public profile.</summary>
/// <param name="ContactEmail">Where buyers reach it.</param>
internal sealed record OrganizerView(Guid Id, string Name, string? Description, string? Website, string? ContactEmail)
{
    public static OrganizerView Of(Organizer o) => new(o.Id, o.Name, o.Description, o.Website, o.ContactEmail);
}
