using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

/// <summary>
/// One mail: of each kind an order, a transfer, a ticket or a request for the mail once more causes at most one, so an event
/// that comes again finds its mail and needs no inbox.
/// Sent at least once: a process that dies between sending and noting it leaves a claim that lapses, and the mail goes
/// out again.
/// </summary>
internal sealed class Delivery
{
    public required Guid Id { get; init; }
    public required Guid OrderId { get; init; }

    /// <summary>The transfer, the ticket, the move or the request, of a mail that is not about the order alone.</summary>
    public Guid? SubjectId { get; init; }
    public required MailKind Kind { get; init; }

    /// <summary>With whose account the mail is forgotten.</summary>
    public Guid? PersonId { get; init; }

    /// <summary>Null once it was forgotten.</summary>
    public string? Recipient { get; init; }

    /// <summary>What the mail says (<see cref="Mails.MailContent"/> as JSON); kept until it is sent.</summary>
    public string? Content { get; init; }
    public DeliveryState State { get; init; }
    public int Attempts { get; init; }
    public string? LastError { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Of what caused the mail; sending it belongs there.</summary>
    public string? TraceParent { get; init; }
    public DateTimeOffset NextAttemptAt { get; init; }

    /// <summary>Until then the delivery belongs to the sender that claimed it.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>(Who was erased stays in its table: 16 bytes a person, and a refund may come years later.)</summary>
    public static readonly RetentionRule[] Retention =
    [
        new(
            "deliveries",
            "created_at < now() - interval '30 days' AND recipient IS NOT NULL AND state <> 'Pending'",
            "For a month people ask where their mail went, and a failed one can be sent again.",
            "recipient = NULL, content = NULL, last_error = NULL"
        ),
        new(
            "deliveries",
            "created_at < now() - interval '90 days'",
            "The row keeps an event that comes again from sending again; queues keep messages for 14 days at most."
        ),
    ];

    /// <summary>
    /// Whatever causes them, an address gets no more within a day: more is somebody filling a mailbox. What was bought is in the
    /// buyer's account as well.
    /// </summary>
    public const int MaxADay = 100;

    private sealed class Mapping : IEntityTypeConfiguration<Delivery>
    {
        public void Configure(EntityTypeBuilder<Delivery> builder)
        {
            builder.ToTable("deliveries");
            builder.Property(d => d.Kind).HasMaxLength(30);
            builder.Property(d => d.State).HasMaxLength(20);
            builder.Property(d => d.Content).HasColumnType("jsonb");
            builder.Property(d => d.LastError).HasMaxLength(500);
            builder.Property(d => d.CreatedAt).HasDefaultValueSql("now()");
            builder.Property(d => d.NextAttemptAt).HasDefaultValueSql("now()");
            builder
                .HasIndex(d => new
                {
                    d.OrderId,
                    d.Kind,
                    d.SubjectId,
                })
                .IsUnique()
                .AreNullsDistinct(false);
            builder.HasIndex(d => d.NextAttemptAt).HasFilter("state = 'Pending'");
            builder.HasIndex(d => d.PersonId);
            // How many an address has had of late.
            builder.HasIndex(d => new { d.Recipient, d.CreatedAt }).HasFilter("recipient IS NOT NULL");
            builder.HasIndex(d => d.CreatedAt);
            builder
                .HasIndex(d => d.CreatedAt, "ix_deliveries_forget")
                .HasDatabaseName("ix_deliveries_forget")
                .HasFilter("recipient IS NOT NULL AND state <> 'Pending'");
        }
    }
}

/// <summary>What a mail is about.</summary>
public enum MailKind
{
    OrderFulfilled,
    OrderExpired,
    OrderCancelled,
    OrderRefunded,
    OrderPartiallyRefunded,

    /// <summary>The show was moved to another time or place.</summary>
    OrderRescheduled,

    /// <summary>To the address that a ticket is offered to.</summary>
    TransferOffered,

    /// <summary>To whoever offered a ticket that is now another person's.</summary>
    TransferAccepted,

    /// <summary>To whoever accepted: the ticket.</summary>
    TransferReceived,

    /// <summary>To whoever offered.</summary>
    TransferDeclined,

    /// <summary>To a holder who did not buy the ticket.</summary>
    TicketVoided,

    /// <summary>To a holder who did not buy the ticket: the show was moved to another time or place.</summary>
    TicketRescheduled,

    /// <summary>To whoever offered: nobody accepted in time.</summary>
    TransferExpired,

    /// <summary>To the address that a ticket was offered to.</summary>
    TransferWithdrawn,

    /// <summary>To the address that is invited into a team; its order is the invitation.</summary>
    TeamInvitation,

    /// <summary>To the organizer's team: a bank asks for an order's money, or has decided.</summary>
    OrderDisputed,

    /// <summary>To the organizer's team: its money goes to another account; its order is the organizer.</summary>
    PayoutAccountChanged,
}

/// <summary>
/// Pending until sent; failed after the last try; erased when the person was; withheld when nobody proved that the address is
/// theirs, and nothing was bought.
/// </summary>
public enum DeliveryState
{
    Pending,
    Sent,
    Failed,
    Erased,
    Withheld,
}

/// <summary>A person who was erased: a message about them that comes later must not bring the address back.</summary>
internal sealed class ErasedPerson
{
    public required Guid Id { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ErasedPerson>
    {
        public void Configure(EntityTypeBuilder<ErasedPerson> builder) => builder.ToTable("erased_people");
    }
}
