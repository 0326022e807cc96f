using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Transfers;

/// <summary>
/// A ticket offered to whoever has an e-mail address. The ticket stays its holder's until the offer is accepted. One lock
/// decides every race: whoever makes or ends an offer takes the ticket's row first, as refund, dispute and door do.
/// </summary>
internal sealed class Transfer
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(72);

    /// <summary>Of one ticket: each is a mail to whomever its holder names.</summary>
    public const int MaxOffersADay = 5;

    /// <summary>Of all tickets of one person.</summary>
    public const int MaxOffersOfOneADay = 50;
    private const int KeepDays = 30;

    public required Guid Id { get; init; }
    public required Guid TicketId { get; init; }
    public Ticket Ticket { get; init; } = null!;

    /// <summary>Who offers it.</summary>
    public required Guid FromId { get; init; }

    /// <summary>Who accepted it.</summary>
    public Guid? ToId { get; private set; }

    /// <summary>Normalised (<see cref="EmailAddress"/>); null once forgotten, as is the name.</summary>
    public required string? Email { get; init; }

    /// <summary>Of the person who will come: the new holder.</summary>
    public required string? Name { get; init; }

    /// <summary>As written; what it is worth now says <see cref="StatusAt"/>.</summary>
    public TransferStatus Status { get; private set; }
    public required DateTimeOffset OfferedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When somebody looks whether it is over, and tells: at <see cref="OpenUntil"/> as it was last known.</summary>
    public required DateTimeOffset DueAt { get; set; }
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Nobody accepts a ticket at its door. Where the session moves to, this moves along.</summary>
    public DateTimeOffset OpenUntil => ExpiresAt < Ticket.Session.OpensAt ? ExpiresAt : Ticket.Session.OpensAt;

    /// <summary>An offer is worth what its ticket is: what was used, voided, blocked or cancelled is offered no more.</summary>
    public TransferStatus StatusAt(DateTimeOffset now) =>
        Status is not TransferStatus.Offered ? Status
        : Ticket.Refusal() is not null ? TransferStatus.Withdrawn
        : OpenUntil <= now ? TransferStatus.Expired
        : TransferStatus.Offered;

    public void End(TransferStatus status, DateTimeOffset now, Guid? acceptedBy = null)
    {
        Status = status;
        EndedAt = now;
        ToId = acceptedBy;
    }

    /// <summary>It came to nothing without its receiver: whoever may still wait is told.</summary>
    /// <param name="expired">Its time was over; else it was withdrawn, by the offerer or because the ticket is worth nothing.</param>
    public void Lapse(bool expired, DateTimeOffset now, TicketsDb db)
    {
        End(expired ? TransferStatus.Expired : TransferStatus.Withdrawn, now);
        if (expired)
            db.Publish(new TransferExpired(Id, Ticket.Summary(), FromId, now));
        else
            db.Publish(new TransferWithdrawn(Id, Ticket.Summary(), FromId, Email!, now));
    }

    public static readonly RetentionRule[] Retention =
    [
        new(
            "transfers",
            $"expires_at < now() - interval '{KeepDays} days' AND email IS NOT NULL AND status <> 'Accepted'",
            "An offer that came to nothing: for a month its people ask what became of it."
        ),
        new(
            "transfers",
            $"expires_at < now() - interval '{KeepDays} days' AND email IS NOT NULL AND status = 'Accepted'",
            "Whose the ticket was, the ids say for good; the address is not needed for it.",
            "email = NULL, name = NULL"
        ),
    ];

    private sealed class Mapping : IEntityTypeConfiguration<Transfer>
    {
        public void Configure(EntityTypeBuilder<Transfer> transfer)
        {
            transfer.ToTable("transfers");
            transfer.Property(t => t.Id).ValueGeneratedNever();
            transfer.Property(t => t.Status).HasMaxLength(20);
            transfer.Property(t => t.Email).HasMaxLength(EmailAddress.MaxLength);
            transfer.Property(t => t.Name).HasMaxLength(PersonName.MaxLength);
            transfer.HasOne(t => t.Ticket).WithMany().HasForeignKey(t => t.TicketId);
            transfer.HasIndex(t => new { t.TicketId, t.Id });
            transfer
                .HasIndex(t => t.TicketId, "ux_transfers_open")
                .HasDatabaseName("ux_transfers_open")
                .IsUnique()
                .HasFilter("status = 'Offered'");
            transfer.HasIndex(t => new { t.FromId, t.Id });
            transfer.HasIndex(t => new { t.Email, t.Id }).HasFilter("status = 'Offered'");
            transfer.HasIndex(t => t.ToId).HasFilter("to_id IS NOT NULL");
            transfer.HasIndex(t => t.ExpiresAt).HasFilter("email IS NOT NULL");
            transfer.HasIndex(t => t.DueAt).HasFilter("status = 'Offered'");
        }
    }
}

public enum TransferStatus
{
    /// <summary>Open: the receiver may accept or decline it, the offerer withdraw it.</summary>
    Offered,

    /// <summary>The ticket is the receiver's.</summary>
    Accepted,
    Declined,

    /// <summary>By the offerer, or because the ticket was used, refunded or blocked, or the session cancelled.</summary>
    Withdrawn,
    Expired,
}

/// <summary>A person who was erased: an acceptance under way must not bring a name back.</summary>
internal sealed class ErasedPerson
{
    public required Guid Id { get; init; }

    /// <summary>Until the transaction's end: acceptances of one person wait for their erasure, and it for them.</summary>
    public static Task TakeTurnAsync(TicketsDb db, Guid person, bool alone, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            SELECT CASE WHEN {alone} THEN pg_advisory_xact_lock(k) ELSE pg_advisory_xact_lock_shared(k) END
            FROM hashtextextended({person.ToString()}, 0) k
            """,
            ct
        );

    private sealed class Mapping : IEntityTypeConfiguration<ErasedPerson>
    {
        public void Configure(EntityTypeBuilder<ErasedPerson> person) => person.ToTable("erased_people");
    }
}
