using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;

namespace Ticketing.Orders.Checkout;

/// <summary>Whose orders are forgotten when they come to nothing.</summary>
internal sealed class ErasedPerson
{
    public required Guid UserId { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ErasedPerson>
    {
        public void Configure(EntityTypeBuilder<ErasedPerson> person)
        {
            person.ToTable("erased_people");
            person.HasKey(p => p.UserId);
            person.Property(p => p.UserId).ValueGeneratedNever();
        }
    }
}

/// <summary>
/// Orders that came to nothing forget who placed them; one that is still open does so at its end. Of a sale, the law
/// wants the buyer kept for years (LGPD, Lei 13.709/2018, art. 16, I).
/// </summary>
internal static class OnUserErased
{
    public static async Task Handle(UserErased erased, OrdersDb db, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO erased_people (user_id) VALUES ({erased.UserId}) ON CONFLICT DO NOTHING",
            ct
        );
        // One that ends in this moment is waited for, or finds the line above.
        await db.Database.ExecuteSqlAsync(
            $"SELECT FROM orders WHERE buyer_id = {erased.UserId} ORDER BY id FOR UPDATE",
            ct
        );
        await db.ForgetAsync(db.Orders.Where(o => o.BuyerId == erased.UserId), ct);
    }

    /// <summary>Of these orders, those that came to nothing and whose buyer was erased.</summary>
    public static Task ForgetAsync(this OrdersDb db, IQueryable<Order> orders, CancellationToken ct) =>
        orders
            .Where(o => OrderMoves.Unpaid.Contains(o.Status) && db.ErasedPeople.Any(p => p.UserId == o.BuyerId))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(o => o.BuyerName, "")
                        .SetProperty(o => o.BuyerEmail, "")
                        .SetProperty(o => o.BuyerCpf, (byte[]?)null)
                        .SetProperty(o => o.Attendees, Array.Empty<Attendee>()),
                ct
            );
}
