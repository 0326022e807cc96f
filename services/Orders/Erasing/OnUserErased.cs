using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Erasing;

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
/// Orders that came to nothing forget who placed them: when their buyer is erased, one that is still open at its end; the
/// others after a time. Of a sale, the law wants the buyer kept for years (LGPD, Lei 13.709/2018, art. 16, I).
/// </summary>
internal static class Erasure
{
    private const string Forgotten =
        "buyer_name = '', buyer_email = '', buyer_cpf = NULL, attendees = '[]', card_token = NULL, forget_after = NULL";

    private const string CameToNothing = "status IN ('Expired', 'Cancelled')";

    public const string ForgetOrder = $"""
        UPDATE orders SET {Forgotten} WHERE id = $1 AND {CameToNothing}
            AND EXISTS (SELECT FROM erased_people p WHERE p.user_id = buyer_id)
        """;

    private const string ForgetOrdersOf = $"UPDATE orders SET {Forgotten} WHERE buyer_id = {{0}} AND {CameToNothing}";

    public static readonly RetentionRule Rule = new(
        "orders",
        "forget_after < now()",
        "Nothing was sold: a month is for the buyer's questions, then only figures stay.",
        Forgotten
    );

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
        await db.Database.ExecuteSqlRawAsync(ForgetOrdersOf, [erased.UserId], ct);
    }
}
