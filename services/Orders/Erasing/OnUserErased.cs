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
/// others after a time. Of a sale, the law wants the buyer kept for years (LGPD, Lei 13.709/2018, art. 16, I), but not who
/// came along: those names go with the buyer's account.
/// </summary>
internal static class Erasure
{
    private const string CameToNothing = "status IN ('Expired', 'Cancelled')";

    private const string NoCompanions = """
        attendees = '[]',
        tickets = coalesce((SELECT jsonb_agg(t || jsonb_build_object('holderName', '–') ORDER BY n)
            FROM jsonb_array_elements(tickets) WITH ORDINALITY x(t, n)), '[]')
        """;

    private const string Forgotten =
        $"buyer_name = '', buyer_key = '', buyer_email = '', buyer_cpf = NULL, card_token = NULL, forget_after = NULL, {NoCompanions}";

    public const string ForgetOrder = $"""
        UPDATE orders SET {Forgotten} WHERE id = $1 AND {CameToNothing}
            AND EXISTS (SELECT FROM erased_people p WHERE p.user_id = buyer_id)
        """;

    private const string ForgetOrdersOf = $"UPDATE orders SET {Forgotten} WHERE buyer_id = {{0}} AND {CameToNothing}";

    /// <summary>
    /// Of what was bought or still may be: at once, and once more later. A step that is under way may write down tickets as they
    /// were read before, and no step on the way of a purchase looks whose order it is.
    /// </summary>
    private const string ForgetCompanionsOf = $$"""
        UPDATE orders SET {{NoCompanions}}, forget_after = now() + interval '1 hour'
        WHERE buyer_id = {0} AND NOT {{CameToNothing}}
        """;

    /// <summary>A message that rests here until somebody acts goes without its names.</summary>
    private const string ForgetMessagesOf = """
        UPDATE outbox SET payload = jsonb_set(jsonb_set(payload, ARRAY['order', 'buyerName'], '""'), ARRAY['order', 'buyerEmail'], '""')
        WHERE type LIKE 'order.%' AND payload -> 'order' ->> 'buyerId' = {0}
        """;

    public static readonly RetentionRule[] Rules =
    [
        new(
            "orders",
            $"forget_after < now() AND {CameToNothing}",
            "Nothing was sold: a month is for the buyer's questions, then only figures stay.",
            Forgotten
        ),
        new(
            "orders",
            "forget_after < now() AND status IN ('Fulfilled', 'Refunded')",
            "Its buyer was erased: of a sale the law wants the buyer kept, not who came along.",
            $"{NoCompanions}, forget_after = NULL"
        ),
    ];

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
        await db.Database.ExecuteSqlRawAsync(ForgetCompanionsOf, [erased.UserId], ct);
        await db.Database.ExecuteSqlRawAsync(ForgetMessagesOf, [$"{erased.UserId}"], ct);
        await db.OrganizerConsents.Where(c => c.UserId == erased.UserId).ExecuteDeleteAsync(ct);
    }
}
