using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ticketing.Orders.Sales;

/// <summary>
/// What an event sold and gave back on one day of its venue's calendar. Added up once, from what the orders' own moves leave
/// behind (<see cref="SalesTally"/>): however many orders there are, nobody counts them again.
/// </summary>
internal sealed class SalesDay
{
    public required Guid EventId { get; init; }
    public required DateOnly Day { get; init; }
    public required string Currency { get; init; }
    public required Guid OrganizerId { get; init; }

    /// <summary>Orders that were paid, also those that were given back later.</summary>
    public int Orders { get; init; }
    public int Tickets { get; init; }

    /// <summary>Minor units, with add-ons and after coupons.</summary>
    public long Gross { get; init; }

    /// <summary>By the day when the money went back.</summary>
    public int RefundedOrders { get; init; }
    public long Refunded { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<SalesDay>
    {
        public void Configure(EntityTypeBuilder<SalesDay> day)
        {
            day.ToTable("sales_days");
            day.HasKey(d => new
            {
                d.EventId,
                d.Day,
                d.Currency,
            });
            day.Property(d => d.Currency).HasMaxLength(3).IsFixedLength();
            day.HasIndex(d => new { d.OrganizerId, d.Day });
        }
    }
}

/// <summary>Not added up yet: a sale, or one that was given back.</summary>
internal sealed class SalesFact
{
    public long Id { get; init; }
    public required Guid OrderId { get; init; }

    /// <summary>The money went back; else it came in.</summary>
    public required bool Refund { get; init; }

    /// <summary>Of the order, a part.</summary>
    public required bool Part { get; init; }

    /// <summary>Minor units.</summary>
    public required long Amount { get; init; }
    public required DateTimeOffset At { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<SalesFact>
    {
        public void Configure(EntityTypeBuilder<SalesFact> fact)
        {
            fact.ToTable("sales_facts");
            fact.Property(f => f.Id).UseIdentityAlwaysColumn();
        }
    }
}

internal static class SalesTriggers
{
    /// <summary>Whatever statement moves an order writes the fact with it: it cannot be forgotten, nor told twice.</summary>
    public static void CreateSalesTriggers(this MigrationBuilder migration) =>
        migration.Sql(
            """
            CREATE FUNCTION order_is_sold() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO sales_facts (order_id, refund, part, amount, at) VALUES (NEW.id, NEW.status = 'Refunded', false,
                    NEW.total - CASE NEW.status WHEN 'Refunded' THEN returned_of(NEW.partial_refunds) ELSE 0 END, now());
                RETURN NULL;
            END $$;
            CREATE FUNCTION order_is_refunded_in_part() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO sales_facts (order_id, refund, part, amount, at)
                SELECT NEW.id, true, true, more, now()
                FROM (SELECT returned_of(NEW.partial_refunds) - returned_of(OLD.partial_refunds)) r (more) WHERE more > 0;
                RETURN NULL;
            END $$;
            CREATE FUNCTION returned_of(refunds jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
                SELECT coalesce(sum((r->>'amount')::bigint), 0)::bigint FROM jsonb_array_elements(refunds) r
                WHERE r->>'completedAt' IS NOT NULL
            $$;
            -- A zone that is younger than this PostgreSQL must not stop the figures of all.
            CREATE FUNCTION day_of(at timestamptz, zone text) RETURNS date LANGUAGE plpgsql STABLE AS $$
            BEGIN
                RETURN (at AT TIME ZONE zone)::date;
            EXCEPTION WHEN invalid_parameter_value THEN
                RETURN (at AT TIME ZONE 'UTC')::date;
            END $$;
            CREATE TRIGGER sold AFTER INSERT ON orders FOR EACH ROW WHEN (NEW.status = 'Paid')
                EXECUTE FUNCTION order_is_sold();
            CREATE TRIGGER sold_or_refunded AFTER UPDATE OF status ON orders FOR EACH ROW
                WHEN (OLD.status IS DISTINCT FROM NEW.status AND NEW.status IN ('Paid', 'Refunded'))
                EXECUTE FUNCTION order_is_sold();
            CREATE TRIGGER refunded_in_part AFTER UPDATE OF partial_refunds ON orders FOR EACH ROW
                WHEN (OLD.partial_refunds IS DISTINCT FROM NEW.partial_refunds)
                EXECUTE FUNCTION order_is_refunded_in_part();
            """
        );

    public static void DropSalesTriggers(this MigrationBuilder migration) =>
        migration.Sql(
            """
            DROP TRIGGER sold ON orders;
            DROP TRIGGER sold_or_refunded ON orders;
            DROP TRIGGER refunded_in_part ON orders;
            DROP FUNCTION order_is_sold();
            DROP FUNCTION order_is_refunded_in_part();
            DROP FUNCTION returned_of;
            DROP FUNCTION day_of;
            """
        );
}
