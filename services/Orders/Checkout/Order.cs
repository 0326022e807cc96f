using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

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
    public const int MaxNameLength = 120;
    public const int MaxEmailLength = 254;
    public const int MaxReasonLength = 200;

    public required Guid Id { get; init; }
    public required string Number { get; set; }
    public required Guid BuyerId { get; init; }
    public required Guid OrganizerId { get; init; }
    public required Guid EventId { get; init; }
    public required Guid SessionId { get; init; }
    public OrderStatus Status { get; private set; } = OrderStatus.Pending;
    public required string Locale { get; init; }

    public required string BuyerName { get; init; }
    public required string BuyerEmail { get; init; }

    /// <summary>Encrypted.</summary>
    public byte[]? BuyerCpf { get; init; }
    public required IReadOnlyList<Attendee> Attendees { get; init; }

    public required string EventTitle { get; init; }
    public required string VenueName { get; init; }
    public required string VenueCity { get; init; }
    public required string TimeZone { get; init; }
    public required DateTimeOffset StartsAt { get; init; }

    public required List<OrderLine> Lines { get; init; }
    public required string Currency { get; init; }
    public long Discount { get; private set; }
    public long Total { get; private set; }
    public string? Coupon { get; init; }

    public required DateTimeOffset PlacedAt { get; init; }

    /// <summary>Of the request that placed it: what the reconciler drives on belongs there.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The buyer must have paid by then.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? PaidAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }

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

    /// <summary>When the reconciler shall look whether somebody drives this order; null when nothing is left to do.</summary>
    public DateTimeOffset? DriveAfter { get; set; }

    /// <summary>The state machine; every change of status is a conditional update that follows it.</summary>
    public static bool Allows(OrderStatus from, OrderStatus to) =>
        (from, to) switch
        {
            (OrderStatus.Pending, OrderStatus.AwaitingPayment) => true,
            (
                OrderStatus.Pending
                    or OrderStatus.AwaitingPayment,
                OrderStatus.Paid
                    or OrderStatus.Expired
                    or OrderStatus.Cancelled
            ) => true,
            // A late payment takes the stock again if it is still free.
            (OrderStatus.Expired, OrderStatus.Paid) => true,
            (OrderStatus.Paid, OrderStatus.Fulfilled) => true,
            // Of an order that ended unpaid, too: its late payment was given back.
            (
                OrderStatus.Paid
                    or OrderStatus.Fulfilled
                    or OrderStatus.Expired
                    or OrderStatus.Cancelled,
                OrderStatus.Refunded
            ) => true,
            _ => false,
        };

    /// <summary>Still to be paid.</summary>
    public static bool IsOpen(OrderStatus status) => status is OrderStatus.Pending or OrderStatus.AwaitingPayment;

    public Situation SituationAt(DateTimeOffset now) =>
        Status switch
        {
            OrderStatus.Pending or OrderStatus.AwaitingPayment => CancelRequestedAt is null && now < ExpiresAt
                ? Situation.Open
                : Situation.GiveUp,
            OrderStatus.Paid => Situation.Paid,
            _ => Situation.Over,
        };

    /// <summary>Why this order shall not be delivered (any more); null when it shall.</summary>
    public string? DeliveryStopped() =>
        Status is not (OrderStatus.Paid or OrderStatus.Fulfilled) ? "order-over"
        : RefundRequestedAt is null ? null
        : RefundReason ?? "refund";

    public IEnumerable<OrderLine> Of(LineKind kind) => Lines.Where(line => line.Kind == kind);

    public bool HasProducts => Of(LineKind.Product).Any();

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
        if (Total > 0)
            return;
        Status = OrderStatus.Paid;
        PaidAt = PlacedAt;
    }

    public long Sum(LineKind kind) =>
        Of(kind).Aggregate(0L, (sum, line) => checked(sum + line.UnitPrice * line.Quantity));

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
                .. Lines
                    .OrderBy(line => line.Position)
                    .Select(line => new OrderSummaryLine(
                        line.Seats.Count == 0 ? line.Name : $"{line.Name} ({string.Join(", ", line.Seats)})",
                        line.Quantity,
                        new(line.UnitPrice, Currency)
                    )),
            ],
            TotalMoney,
            BuyerId
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
            order.HasIndex(o => o.SessionId);
            order.HasIndex(o => o.DriveAfter).HasFilter("drive_after IS NOT NULL");
            order
                .HasIndex(o => o.ExpiresAt)
                .HasFilter("status IN ('Pending', 'AwaitingPayment', 'Paid')")
                .HasDatabaseName("ix_orders_unfinished");
            order.Property(o => o.Status).HasConversion<string>().HasMaxLength(20);
            order.Property(o => o.Locale).HasMaxLength(10);
            order.Property(o => o.BuyerName).HasMaxLength(MaxNameLength);
            order.Property(o => o.BuyerEmail).HasMaxLength(MaxEmailLength);
            order.Property(o => o.Currency).HasMaxLength(3).IsFixedLength();
            order.Property(o => o.CancelReason).HasMaxLength(MaxReasonLength);
            order.Property(o => o.RefundReason).HasMaxLength(MaxReasonLength);
            order.Property(o => o.Attendees).IsJson();
            order.Property(o => o.Tickets).IsJson();
            order.HasMany(o => o.Lines).WithOne().HasForeignKey(line => line.OrderId);
        }
    }
}

internal enum LineKind
{
    Ticket,
    Product,
}

/// <summary>What is bought, at the price of the moment it was held.</summary>
internal sealed class OrderLine
{
    public Guid OrderId { get; init; }
    public required int Position { get; init; }
    public required LineKind Kind { get; init; }

    /// <summary>Ticket type or product.</summary>
    public required Guid ItemId { get; init; }
    public required string Name { get; init; }

    /// <summary>Full or half price; null for a product.</summary>
    public TicketKind? TicketKind { get; init; }
    public required long UnitPrice { get; init; }
    public required int Quantity { get; init; }
    public IReadOnlyList<string> Seats { get; init; } = [];

    private sealed class Mapping : IEntityTypeConfiguration<OrderLine>
    {
        public void Configure(EntityTypeBuilder<OrderLine> line)
        {
            line.ToTable(
                "order_lines",
                t => t.HasCheckConstraint("ck_order_lines", "quantity > 0 AND unit_price >= 0")
            );
            line.HasKey(l => new { l.OrderId, l.Position });
            line.Property(l => l.Kind).HasConversion<string>().HasMaxLength(20);
            line.Property(l => l.TicketKind).HasConversion<string>().HasMaxLength(20);
            line.Property(l => l.Seats).IsJson();
        }
    }
}

internal static class JsonColumns
{
    /// <summary>A list that is only ever read and replaced whole.</summary>
    public static PropertyBuilder<IReadOnlyList<T>> IsJson<T>(this PropertyBuilder<IReadOnlyList<T>> property)
    {
        property
            .HasConversion(
                new ValueConverter<IReadOnlyList<T>, string>(
                    list => JsonSerializer.Serialize(list, ServiceDefaultsExtensions.Json),
                    json => JsonSerializer.Deserialize<List<T>>(json, ServiceDefaultsExtensions.Json)!
                ),
                new ValueComparer<IReadOnlyList<T>>((a, b) => a!.SequenceEqual(b!), list => list.Count, list => list)
            )
            .HasColumnType("jsonb");
        return property;
    }
}
