using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Ticketing.Contracts;
using Ticketing.Orders.Disputing;
using Ticketing.Orders.Placing;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Refunding;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders;

/// <summary>Where an order stands.</summary>
public enum OrderStatus
{
    /// <summary>Placed; the payment's instructions are being made.</summary>
    Pending,

    /// <summary>The buyer can pay until the deadline.</summary>
    AwaitingPayment,

    /// <summary>The money is here; the tickets are being issued.</summary>
    Paid,
    Fulfilled,
    Expired,
    Cancelled,
    Refunded,
}

/// <summary>An order takes its hold's id: one hold makes one order.</summary>
internal sealed class Order
{
    public const int MaxEmailLength = 254;
    public const int MaxReasonLength = 200;
    public static readonly EncryptedColumn CpfColumn = new("orders", "buyer_cpf");

    public required Guid Id { get; init; }

    /// <summary>Hash of the request that placed it: the same request again gets the order, another one is refused.</summary>
    public required byte[] Fingerprint { get; init; }
    public required string Number { get; set; }
    public required Guid BuyerId { get; init; }
    public required Guid OrganizerId { get; init; }
    public required Guid EventId { get; init; }
    public required Guid SessionId { get; init; }
    public OrderStatus Status { get; set; } = OrderStatus.Pending;
    public required string Locale { get; init; }

    public required string BuyerName { get; init; }
    public required string BuyerEmail { get; init; }

    /// <summary>Encrypted.</summary>
    public byte[]? BuyerCpf { get; init; }
    public required IReadOnlyList<Attendee> Attendees { get; init; }

    public required string EventTitle { get; set; }

    /// <summary>Null until Events told of it.</summary>
    public Guid? VenueId { get; set; }
    public required string VenueName { get; set; }
    public required string VenueCity { get; set; }
    public required string TimeZone { get; set; }
    public required DateTimeOffset StartsAt { get; set; }

    /// <summary>When its show was last moved to another time or place.</summary>
    public DateTimeOffset? RescheduledAt { get; set; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    /// <summary>How many tickets the lines are.</summary>
    public int TicketCount { get; private set; }
    public required string Currency { get; init; }
    public long Discount { get; private set; }
    public long Total { get; private set; }
    public string? Coupon { get; init; }

    /// <summary>By the database's clock, as every deadline.</summary>
    public DateTimeOffset PlacedAt { get; set; }

    /// <summary>As it was agreed when it was placed: how long after the purchase, and until when before the session.</summary>
    public required int WithdrawalDays { get; init; }
    public required int WithdrawalEndsHoursBefore { get; init; }

    /// <summary>Of the request that placed it: what is done for it later belongs there.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The buyer must have paid by then.</summary>
    public DateTimeOffset ExpiresAt { get; set; }
    public DateTimeOffset? PaidAt { get; set; }
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The latest try at paying it; null for an order without a total.</summary>
    public PaymentAttempt? Payment { get; set; }

    /// <summary>The settled payment that this order keeps; any other one goes back.</summary>
    public Guid? PaidBy { get; private set; }
    public IReadOnlyList<IssuedTicket> Tickets { get; private set; } = [];

    public DateTimeOffset? CancelRequestedAt { get; private set; }

    /// <summary>A stable code: buyer, event-cancelled, hold-expired …</summary>
    public string? CancelReason { get; private set; }
    public DateTimeOffset? RefundRequestedAt { get; private set; }
    public string? RefundReason { get; private set; }

    /// <summary>Refund although a ticket was used.</summary>
    public bool RefundEvenIfUsed { get; private set; }

    /// <summary>Refund although a ticket is another person's now: not only the buyer asked.</summary>
    public bool RefundEvenIfTransferred { get; private set; }

    /// <summary>Parts of it that are given back, oldest first.</summary>
    public IReadOnlyList<PartialRefund> PartialRefunds { get; private set; } = [];

    /// <summary>When the tickets' mail was last asked for again; null: never.</summary>
    public DateTimeOffset? MailedAgainAt { get; private set; }

    /// <summary>How often of late.</summary>
    public int? MailsAgain { get; private set; }

    /// <summary>When its money was last asked back by a bank.</summary>
    public DateTimeOffset? DisputedAt { get; private set; }

    /// <summary>Open: it may be clawed back, and is not given back a second time. Null: nobody asked.</summary>
    public DisputeStatus? DisputeStatus { get; private set; }

    /// <summary>When the sweep shall look whether something is left to do; null when nothing is.</summary>
    public DateTimeOffset? DriveAfter { get; private set; }

    /// <summary>When an order that came to nothing forgets who placed it.</summary>
    public DateTimeOffset? ForgetAfter { get; private set; }

    /// <summary>Still to be paid.</summary>
    public static bool IsOpen(OrderStatus status) => status is OrderStatus.Pending or OrderStatus.AwaitingPayment;

    public IEnumerable<OrderLine> Of(LineKind kind) => Lines.Where(line => line.Kind == kind);

    public bool HasProducts => Of(LineKind.Product).Any();

    /// <summary>Of the total, what no partial refund took.</summary>
    public long Left => Total - PartialRefunds.Sum(r => r.Amount);

    public Money TotalMoney => new(Total, Currency);

    /// <summary>The discount never exceeds the tickets; an order without a total is paid by being placed.</summary>
    /// <exception cref="OverflowException">The sum is no amount of money.</exception>
    public void Price(long discount)
    {
        var tickets = Sum(LineKind.Ticket);
        if (discount < 0 || discount > tickets)
            throw new InvalidOperationException("A discount is between nothing and the tickets' price.");
        Discount = discount;
        Total = checked(tickets - discount + Sum(LineKind.Product));
        TicketCount = Of(LineKind.Ticket).Sum(line => line.Quantity);
        if (Total == 0)
            Status = OrderStatus.Paid;
    }

    public long Sum(LineKind kind) =>
        Of(kind).Aggregate(0L, (sum, line) => checked(sum + line.UnitPrice * line.Quantity));

    /// <summary>Of the total: the service fee that the buyer pays.</summary>
    public long Fee => NetOf(Of(LineKind.Ticket).Sum(line => line.Fee * line.Quantity));

    /// <summary>Of the total: what the platform takes, whoever bears it.</summary>
    public long PlatformFee => NetOf(Of(LineKind.Ticket).Sum(line => line.PlatformFee * line.Quantity));

    /// <summary>
    /// Of a part of the tickets' price what is left after the coupon, which takes the same share off every part, also the fees.
    /// </summary>
    public long NetOf(long part) =>
        Sum(LineKind.Ticket) is > 0 and var price ? (long)decimal.Round((decimal)part * (price - Discount) / price) : 0;

    public OrderSummary Summary() =>
        new(
            Id,
            Number,
            BuyerName,
            BuyerEmail,
            Locale,
            EventTitle,
            VenueName,
            VenueCity,
            TimeZone,
            StartsAt,
            [
                .. Lines.Select(line => new OrderSummaryLine(
                    line.Seats.Count == 0 ? line.Name : $"{line.Name} ({string.Join(", ", line.Seats)})",
                    line.Quantity,
                    new(line.UnitPrice, Currency)
                )),
            ],
            TotalMoney,
            BuyerId,
            Fee
        );

    private sealed class Mapping : IEntityTypeConfiguration<Order>
    {
        public void Configure(EntityTypeBuilder<Order> order)
        {
            order.ToTable("orders", t => t.HasCheckConstraint("ck_orders_money", "total >= 0 AND discount >= 0"));
            order.Property(o => o.Id).ValueGeneratedNever();
            order.Property(o => o.Number).HasMaxLength(OrderNumber.Length);
            order.HasIndex(o => o.Number).IsUnique();
            order.HasIndex(o => new { o.BuyerId, o.Id });
            order.HasIndex(o => new { o.EventId, o.Id });
            order.HasIndex(o => new { o.SessionId, o.Id });
            // None of a column that changes with every move: a move then writes no index.
            order.HasIndex(o => o.DriveAfter).HasFilter("drive_after IS NOT NULL");
            order
                .HasIndex(o => o.ExpiresAt)
                .HasFilter("drive_after IS NOT NULL")
                .HasDatabaseName("ix_orders_unfinished");
            order.HasIndex(o => o.ForgetAfter).HasFilter("forget_after IS NOT NULL");
            order.HasStorageParameter("fillfactor", 80);
            order.Property(o => o.Status).HasMaxLength(20);
            order.Property(o => o.DisputeStatus).HasMaxLength(10);
            order.Property(o => o.Locale).HasMaxLength(10);
            order.Property(o => o.BuyerName).HasMaxLength(PersonName.MaxLength);
            // The name as it is searched.
            order.Property<string>("BuyerKey").IsRequired().HasMaxLength(OrderSearch.MaxKeyLength);
            order.Property(o => o.BuyerEmail).HasMaxLength(MaxEmailLength);
            order.Property(o => o.Currency).HasMaxLength(3).IsFixedLength();
            order.Property(o => o.CancelReason).HasMaxLength(MaxReasonLength);
            order.Property(o => o.RefundReason).HasMaxLength(MaxReasonLength);
            order.Property(o => o.Attendees).IsJson();
            order.Property(o => o.Tickets).IsJson();
            order.Property(o => o.Lines).IsJson();
            order.Property(o => o.PartialRefunds).IsJson().HasDefaultValueSql("'[]'");
            order.OwnsOne(o => o.Payment, PaymentAttempt.Map);
        }
    }
}

internal enum LineKind
{
    Ticket,
    Product,
}

/// <summary>What is bought, at the price of the moment it was held, with the service fee.</summary>
/// <param name="ItemId">Ticket type or product.</param>
/// <param name="TicketKind">Full or half price; null for a product.</param>
/// <param name="Fee">Of the price of one: the service fee that the buyer pays.</param>
/// <param name="PlatformFee">Of the price of one: what the platform takes, whoever bears it.</param>
internal sealed record OrderLine(
    LineKind Kind,
    Guid ItemId,
    string Name,
    TicketKind? TicketKind,
    long UnitPrice,
    int Quantity,
    IReadOnlyList<string> Seats,
    long Fee = 0,
    long PlatformFee = 0
);

internal static class JsonColumns
{
    public static string Write<T>(IReadOnlyList<T> list) =>
        JsonSerializer.Serialize(list, ServiceDefaultsExtensions.Json);

    /// <summary>A list that is only ever read and replaced whole.</summary>
    public static PropertyBuilder<IReadOnlyList<T>> IsJson<T>(this PropertyBuilder<IReadOnlyList<T>> property)
    {
        property
            .HasConversion(
                new ValueConverter<IReadOnlyList<T>, string>(
                    list => Write(list),
                    json => JsonSerializer.Deserialize<List<T>>(json, ServiceDefaultsExtensions.Json)!
                ),
                new ValueComparer<IReadOnlyList<T>>((a, b) => a!.SequenceEqual(b!), list => list.Count, list => list)
            )
            .HasColumnType("jsonb");
        return property;
    }
}
