using System.Net;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

public sealed class ReschedulingTests(OrdersApp app)
{
    private static readonly DateTimeOffset NewStart = new(
        TimeProvider.System.GetUtcNow().Date.AddDays(90),
        TimeSpan.Zero
    );

    /// <summary>As the event was when it was bought, but for what is said.</summary>
    private static EventSnapshot Changed(
        Purchase buy,
        long version,
        DateTimeOffset? startsAt = null,
        string title = "Noite de São João",
        string venue = "Arena da Praça",
        Guid venueId = default,
        string city = "São Paulo"
    ) =>
        new(
            buy.EventId,
            version,
            buy.OrganizerId,
            "Produtora",
            title,
            "noite",
            new(venueId, venue, "Rua 1", city, "SP", "America/Sao_Paulo"),
            [new(buy.SessionId, startsAt ?? buy.StartsAt, null, null, false, null, [], [], version)]
        );

    [Fact]
    public async Task A_moved_session_reaches_its_orders_and_their_buyers_once()
    {
        var buy = app.NewPurchase();
        await buy.PaidAsync();
        var unpaid = app.NewPurchase(p => (p.EventId, p.SessionId) = (buy.EventId, buy.SessionId));
        await unpaid.PlaceAsync();

        var message = Guid.CreateVersion7();
        await app.DeliverAsync(new EventChanged(Changed(buy, 2, NewStart)), message);
        await app.DeliverAsync(new EventChanged(Changed(buy, 2, NewStart)), message);
        await app.DeliverAsync(new EventChanged(Changed(buy, 1)));

        var told = await app.HeardAsync<OrderRescheduled>(buy.Id);
        Assert.Equal((NewStart, buy.StartsAt), (told.Order.StartsAt, told.StartedAt));
        foreach (var one in new[] { buy, unpaid })
        {
            var order = await Eventually.GetAsync(one.GetAsync, o => o.StartsAt == NewStart);
            Assert.NotNull(order.RescheduledAt);
        }
        // An order placed afterwards from a hold that says the old date; and nobody looks again for ever.
        var late = app.NewPurchase(p => (p.EventId, p.SessionId) = (buy.EventId, buy.SessionId));
        Assert.Equal(NewStart, (await late.PlaceAsync()).StartsAt);
        await app.ScalarAsync<object>(
            "UPDATE show_changes SET at = at - interval '2 minutes', resume_at = now() WHERE subject_id IN ($1, $2)",
            buy.EventId,
            buy.SessionId
        );
        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync<long>(
                "SELECT count(*) FROM show_changes WHERE subject_id IN ($1, $2) AND resume_at IS NULL",
                buy.EventId,
                buy.SessionId
            ) == 2
        );
        Assert.Equal(1, app.CountTold<OrderRescheduled>(buy.Id));
        Assert.Equal(0, app.CountTold<OrderRescheduled>(unpaid.Id));
        Assert.Equal(0, app.CountTold<OrderRescheduled>(late.Id));
    }

    [Fact]
    public async Task Another_place_is_told_another_title_is_not()
    {
        var (moved, renamed) = (app.NewPurchase(), app.NewPurchase());
        await moved.PaidAsync();
        await renamed.PaidAsync();

        await app.DeliverAsync(new EventChanged(Changed(renamed, 2, title: "Noite de São Pedro")));
        await app.DeliverAsync(new EventChanged(Changed(moved, 2, venue: "Ginásio")));

        Assert.Equal("Ginásio", (await app.HeardAsync<OrderRescheduled>(moved.Id)).Order.VenueName);
        var order = await Eventually.GetAsync(renamed.GetAsync, o => o.EventTitle == "Noite de São Pedro");
        Assert.Null(order.RescheduledAt);
        Assert.Equal(0, app.CountTold<OrderRescheduled>(renamed.Id));
    }

    [Fact]
    public async Task A_venue_that_is_called_otherwise_is_no_other_place()
    {
        var early = app.NewPurchase();
        var late = app.NewPurchase(p => (p.EventId, p.SessionId) = (early.EventId, early.SessionId));
        var arena = Guid.CreateVersion7();
        await early.PaidAsync();
        await app.DeliverAsync(new EventChanged(Changed(early, 2, venueId: arena)));
        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync<long>("SELECT count(*) FROM orders WHERE id = $1 AND venue_id IS NOT NULL", early.Id)
            == 1
        );
        await late.PaidAsync();

        await app.DeliverAsync(new EventChanged(Changed(early, 3, venue: "Arena da Sé", venueId: arena)));
        foreach (var buy in new[] { early, late })
        {
            var order = await Eventually.GetAsync(buy.GetAsync, o => o.VenueName == "Arena da Sé");
            Assert.Null(order.RescheduledAt);
            Assert.Equal(0, app.CountTold<OrderRescheduled>(buy.Id));
        }

        // Another one, though called the same as the first was; and the same one in another city.
        await app.DeliverAsync(new EventChanged(Changed(early, 4, venueId: Guid.CreateVersion7())));
        foreach (var buy in new[] { early, late })
            Assert.Equal("Arena da Praça", (await app.HeardAsync<OrderRescheduled>(buy.Id)).Order.VenueName);
    }

    [Fact]
    public async Task The_buyer_may_refund_a_moved_show_that_starts_soon()
    {
        var tomorrow = TimeProvider.System.GetUtcNow().AddHours(24);
        var buy = app.NewPurchase(p => p.StartsAt = tomorrow);
        await buy.PaidAsync();
        using (var late = await buy.SendAsync("refunds"))
            Assert.Equal("refund-window-closed", await Purchase.ProblemAsync(late));

        await app.DeliverAsync(new EventChanged(Changed(buy, 2, tomorrow.AddHours(2))));
        await app.HeardAsync<OrderRescheduled>(buy.Id);

        using var accepted = await buy.SendAsync("refunds");
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
    }

    [Fact]
    public async Task A_move_that_no_message_told_of_is_pulled()
    {
        var buy = app.NewPurchase();
        await buy.PaidAsync();

        app.Neighbours.Changes.Events.Enqueue(new(Changed(buy, 2, NewStart), null));

        await app.HeardAsync<OrderRescheduled>(buy.Id);
    }

    [Fact]
    public async Task A_show_with_more_orders_than_a_pass_takes_is_brought_to_all()
    {
        var buy = app.NewPurchase();
        await buy.PaidAsync();
        const int More = 450;
        await app.ScalarAsync<object>(
            """
            INSERT INTO orders SELECT (jsonb_populate_record(o, jsonb_build_object(
                'id', gen_random_uuid(), 'number', 'M' || left(md5(random()::text || n), 7), 'payment_id', NULL))).*
            FROM orders o, generate_series(1, $2) n WHERE o.id = $1
            """,
            buy.Id,
            More
        );

        await app.DeliverAsync(new EventChanged(Changed(buy, 2, NewStart)));

        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync<long>(
                "SELECT count(*) FROM orders WHERE session_id = $1 AND starts_at = $2 AND rescheduled_at IS NOT NULL",
                buy.SessionId,
                NewStart
            )
            == More + 1
        );
    }
}
