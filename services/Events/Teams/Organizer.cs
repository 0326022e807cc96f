using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

/// <summary>Who puts events on; its team acts for it.</summary>
internal sealed class Organizer
{
    public const int MaxNameLength = 120;
    public const int MaxDescriptionLength = 5_000;
    public const int MaxRefusalLength = 500;

    /// <summary>A person founds at most so many; keeps a script from filling the table.</summary>
    public const int MaxPerPerson = 50;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; set; }

    /// <summary>By which it is looked up: in lower case.</summary>
    public string LowerName { get; private set; } = null!;
    public string? Description { get; set; }
    public string? Website { get; set; }

    /// <summary>Where buyers reach it: printed on tickets and in mails.</summary>
    public string? ContactEmail { get; set; }

    /// <summary>When an administrator found that it is what it says; null: it waits for that (<see cref="EventsOptions"/>).</summary>
    public DateTimeOffset? ApprovedAt { get; set; }

    /// <summary>When one found that it is not; until its profile changes it waits no more.</summary>
    public DateTimeOffset? RefusedAt { get; private set; }

    /// <summary>What its team is told.</summary>
    public string? Refusal { get; private set; }
    public required FeeTerms Fee { get; set; }
    public long Version { get; set; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }

    public void Approve(DateTimeOffset at) => (ApprovedAt, RefusedAt, Refusal) = (at, null, null);

    public void Refuse(DateTimeOffset at, string reason) => (ApprovedAt, RefusedAt, Refusal) = (null, at, reason);

    /// <summary>Neither approved nor refused: it waits to be looked at.</summary>
    public void Wait() => (ApprovedAt, RefusedAt, Refusal) = (null, null, null);

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
            builder.HasIndex(o => o.Id).HasFilter("approved_at IS NULL AND refused_at IS NULL");
            builder.ComplexProperty(
                o => o.Fee,
                fee =>
                {
                    fee.Property(f => f.Percent).HasPrecision(4, 2);
                    fee.Property(f => f.Currency).HasMaxLength(3);
                }
            );
            builder.Property(o => o.LowerName).HasComputedColumnSql("lower(name)", stored: true).UseCollation("C");
            builder.HasIndex(o => new { o.LowerName, o.Id });
            builder.Property(o => o.Refusal).HasMaxLength(MaxRefusalLength);
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
