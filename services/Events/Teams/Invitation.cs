using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

/// <summary>
/// An offer to an address to join a team. Who has proven that very address accepts or declines it; nobody is in a team without
/// having agreed, and nothing tells whether an address has an account. Changes of a team take turns by the organizer's row, so
/// do those of its invitations.
/// </summary>
internal sealed class Invitation
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);
    public const int MaxOpen = 100;

    /// <summary>To one address within a day: nobody's mailbox is filled.</summary>
    public const int MaxADay = 5;
    private const int KeepDays = 30;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid OrganizerId { get; init; }

    /// <summary>Normalised; null once it was forgotten.</summary>
    public required string? Email { get; set; }
    public required TeamRole Role { get; init; }
    public required Guid InvitedBy { get; init; }
    public InvitationStatus Status { get; private set; }
    public required DateTimeOffset OfferedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? EndedAt { get; private set; }
    public Guid? AcceptedBy { get; private set; }

    public InvitationStatus StatusAt(DateTimeOffset now) =>
        Status == InvitationStatus.Offered && ExpiresAt <= now ? InvitationStatus.Expired : Status;

    public void End(InvitationStatus status, DateTimeOffset now, Guid? acceptedBy = null) =>
        (Status, EndedAt, AcceptedBy) = (status, now.ToStored(), acceptedBy);

    /// <exception cref="ProblemException">409 <c>invitation-ended</c>.</exception>
    public void RequireOpen(DateTimeOffset now)
    {
        if (StatusAt(now) != InvitationStatus.Offered)
            throw ProblemException.Conflict("invitation-ended", "The invitation was answered, withdrawn, or is over.");
    }

    public static readonly RetentionRule Rule = new(
        "invitations",
        $"expires_at < now() - interval '{KeepDays} days'",
        "For a month its people ask what became of it; who joined is in the team, and in the audit log."
    );

    private sealed class Mapping : IEntityTypeConfiguration<Invitation>
    {
        public void Configure(EntityTypeBuilder<Invitation> invitation)
        {
            invitation.ToTable("invitations");
            invitation.Property(i => i.Email).HasMaxLength(EmailAddress.MaxLength);
            invitation.Property(i => i.Role).HasMaxLength(20);
            invitation.Property(i => i.Status).HasMaxLength(20);
            invitation.HasOne<Organizer>().WithMany().HasForeignKey(i => i.OrganizerId);
            invitation.HasIndex(i => new { i.OrganizerId, i.Id });
            invitation.HasIndex(i => i.InvitedBy).HasFilter("status = 'Offered'");
            invitation.HasIndex(i => i.AcceptedBy).HasFilter("accepted_by IS NOT NULL");
            invitation.HasIndex(i => i.ExpiresAt);
        }
    }
}

public enum InvitationStatus
{
    /// <summary>Open: its receiver may accept or decline it, the team withdraw it.</summary>
    Offered,
    Accepted,
    Declined,

    /// <summary>By the team, by a newer one to the same address, or because its sender may not invite any more.</summary>
    Withdrawn,
    Expired,
}

/// <param name="Email">The address that it was sent to; null once it was forgotten.</param>
internal sealed record InvitationView(
    Guid Id,
    Guid OrganizerId,
    string OrganizerName,
    string? Email,
    TeamRole Role,
    InvitationStatus Status,
    DateTimeOffset OfferedAt,
    DateTimeOffset ExpiresAt
)
{
    public static InvitationView Of(Invitation i, Organizer organizer, DateTimeOffset now) =>
        new(i.Id, i.OrganizerId, organizer.Name, i.Email, i.Role, i.StatusAt(now), i.OfferedAt, i.ExpiresAt);
}

internal static class InvitationAccess
{
    /// <summary>The address that the person has proven, and the one that the person only says is theirs.</summary>
    public static async Task<(string? Proven, string? Claimed)> AddressOfAsync(
        this Peers peers,
        Guid person,
        CancellationToken ct
    )
    {
        var found = await peers.FindUserAsync(person, ct);
        return found is not null && EmailAddress.TryNormalize(found.Email, out var address)
            ? (found.EmailVerified ? address : null, address)
            : (null, null);
    }

    /// <summary>For its receiver. Everybody else is told that there is none.</summary>
    /// <exception cref="ProblemException">404; 403 <c>address-not-proven</c>.</exception>
    public static async Task<Invitation> FindForAsync(
        this EventsDb db,
        Guid organizerId,
        Guid invitationId,
        Guid person,
        (string? Proven, string? Claimed) address,
        CancellationToken ct
    )
    {
        var found = await db.Invitations.SingleOrDefaultAsync(
            i => i.Id == invitationId && i.OrganizerId == organizerId,
            ct
        );
        if (found is null || (found.AcceptedBy != person && (found.Email is null || found.Email != address.Claimed)))
            throw ProblemException.NotFound("invitation");
        return found.AcceptedBy == person || found.Email == address.Proven
            ? found
            : throw new ProblemException(403, "address-not-proven", "Prove first that this address is yours.");
    }

    /// <summary>Open ones of somebody who may not invite any more.</summary>
    public static Task<int> WithdrawInvitationsOfAsync(
        this EventsDb db,
        Guid? organizerId,
        Guid person,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        db
            .Invitations.Where(i => i.InvitedBy == person && i.Status == InvitationStatus.Offered)
            .Where(i => organizerId == null || i.OrganizerId == organizerId)
            .ExecuteUpdateAsync(
                u => u.SetProperty(i => i.Status, InvitationStatus.Withdrawn).SetProperty(i => i.EndedAt, now),
                ct
            );
}
