using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>Of its own: its connections are ended to count their deadlocks.</summary>
public sealed class MovedOrders : IAsyncLifetime
{
    public OrdersApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await OrdersApp.StartAsync("Pull:IdleSeconds=0.1");

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>Whatever writes orders meets every other writer, at one order and at all of a buyer and a show.</summary>
public sealed class MoverTests(MovedOrders moved) : IClassFixture<MovedOrders>, IDisposable
{
    /// <summary>As many messages as the broker hands to a service at once.</summary>
    private const int AtOnce = 32;
    private const int Repeats = 3;

    private readonly OrdersApp app = moved.App;
    private readonly SemaphoreSlim retention = new(1);

    public void Dispose() => retention.Dispose();

    private enum Start
    {
        /// <summary>Payments is not reached before its round begins.</summary>
        Unopened,
        Awaiting,
        Declined,
        Fulfilled,
        Expired,
    }

    private sealed record Target(Purchase Buy, Start Start)
    {
        public object Payment { get; } =
            Start switch
            {
                Start.Declined => new { method = "card", cardToken = "tok_decline" },
                Start.Fulfilled => new { method = "card", cardToken = "tok_approve" },
                _ => new { method = "pix" },
            };

        public bool IsReachable { get; set; } = Start != Start.Unopened;
        public Guid PaymentId => Buy.Payments.TryGetValue(1, out var made) ? made.Id : Buy.Id;
        public Money Total => new(Buy.Total, "BRL");

        /// <summary>What Payments says from now on when it is asked; a refund is its last word.</summary>
        public void Becomes(PaymentStatus status)
        {
            while (
                Buy.Payments.TryGetValue(1, out var made)
                && made.Status is not PaymentStatus.Refunded
                && !Buy.Payments.TryUpdate(1, made with { Status = status }, made)
            ) { }
        }
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private Dictionary<string, Func<Target, Task<int>>> Movers =>
        new()
        {
            ["place"] = t => StatusAsync(NewPurchase(t.Buy.BuyerId, t.Buy.EventId, t.Buy.SessionId).PostAsync()),
            ["replay"] = t => StatusAsync(t.Buy.PostAsync(t.Payment)),
            ["attempt"] = t => StatusAsync(t.Buy.SendAsync("payments", new { method = "pix" })),
            ["settle"] = t =>
            {
                t.Becomes(PaymentStatus.Settled);
                return DeliverAsync(new PaymentSettled(t.PaymentId, t.Buy.Id, t.Total, PaymentMethod.Pix, Now));
            },
            ["settle another"] = t =>
                DeliverAsync(new PaymentSettled(Guid.CreateVersion7(), t.Buy.Id, t.Total, PaymentMethod.Pix, Now)),
            ["fail"] = t => DeliverAsync(new PaymentFailed(t.PaymentId, t.Buy.Id, 1, "expired", Now)),
            ["refunded"] = t =>
            {
                t.Becomes(PaymentStatus.Refunded);
                return DeliverAsync(new PaymentRefunded(t.PaymentId, t.PaymentId, t.Buy.Id, t.Total, Now));
            },
            ["dispute"] = t => DeliverAsync(new PaymentDisputed(t.PaymentId, t.Buy.Id, t.Total, Now, t.PaymentId)),
            ["win the dispute"] = t =>
                DeliverAsync(new PaymentDisputeWon(t.PaymentId, t.Buy.Id, t.Total, Now, t.PaymentId)),
            ["lose a dispute"] = t =>
            {
                // No money of it is there any more.
                t.Becomes(PaymentStatus.Refunded);
                return DeliverAsync(new PaymentDisputeLost(t.PaymentId, t.Buy.Id, t.Total, Now, Guid.CreateVersion7()));
            },
            ["pull"] = t =>
            {
                t.Becomes(PaymentStatus.Refunded);
                foreach (var kind in Enum.GetValues<SettlementKind>())
                    app.Neighbours.Settlements.Enqueue(new(kind, t.PaymentId, t.Buy.Id, t.Total, Now));
                return Task.FromResult(200);
            },
            ["cancel"] = t => StatusAsync(t.Buy.SendAsync("cancel")),
            ["refund"] = t => StatusAsync(t.Buy.SendAsync("refunds")),
            ["refund a part"] = async t =>
                await StatusAsync(
                    t.Buy.SendAsync(
                        "refunds",
                        new { amount = 100 },
                        by: await app.NewTeamMemberAsync(t.Buy.OrganizerId)
                    )
                ),
            ["expire"] = async t =>
            {
                await t.Buy.DeadlinePassesAsync();
                return 200;
            },
            ["cancel the show"] = t => DeliverAsync(new EventCancelled(t.Buy.EventId, 2, "chuva", Now)),
            ["cancel the date"] = t => DeliverAsync(new EventChanged(t.Buy.WithoutItsDate())),
            ["erase"] = t => DeliverAsync(new UserErased(t.Buy.BuyerId, Now)),
            ["forget"] = ForgetAsync,
        };

    /// <summary>So that those who lock the same rows in another order meet in between.</summary>
    private const string SlowWrites = """
        CREATE FUNCTION take_a_moment() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_sleep(0.004); RETURN new; END $$;
        CREATE TRIGGER slow BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION take_a_moment();
        CREATE TRIGGER slow BEFORE INSERT OR UPDATE ON settlements FOR EACH ROW EXECUTE FUNCTION take_a_moment();
        CREATE TRIGGER slow BEFORE INSERT OR UPDATE ON cancellations FOR EACH ROW EXECUTE FUNCTION take_a_moment();
        CREATE TRIGGER slow BEFORE INSERT OR UPDATE ON erased_people FOR EACH ROW EXECUTE FUNCTION take_a_moment();
        """;

    [Fact]
    public async Task Every_two_movers_at_once_end_every_order_rightly_and_never_deadlock()
    {
        var movers = Movers.ToList();
        var rounds = movers
            .SelectMany((one, i) => movers.Skip(i).Select(other => (One: one, Other: other, Orders: NewOrders())))
            .ToList();
        var orders = rounds.SelectMany(r => r.Orders).ToList();
        await AtOnceAsync(orders, PrepareAsync);
        foreach (var (buy, start) in orders)
            if (start is Start.Fulfilled or Start.Expired)
                await buy.BecomesAsync(Enum.Parse<OrderStatus>($"{start}"));

        await app.ScalarAsync<object>(SlowWrites);
        foreach (var (one, other, targets) in rounds)
            await AtOnceAsync(
                Enumerable.Range(0, Repeats).SelectMany(_ => targets.SelectMany(t => new[] { (one, t), (other, t) })),
                async move =>
                {
                    var ((name, mover), target) = move;
                    target.IsReachable = true;
                    var status = await mover(target);
                    Assert.True(status < 500, $"{name}, of {one.Key} and {other.Key}, of {target.Start}: {status}");
                }
            );

        // To drop the triggers would lock the tables, against the order of everybody else.
        await app.ScalarAsync<object>(
            "CREATE OR REPLACE FUNCTION take_a_moment() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'"
        );
        await RestAsync();
        foreach (var target in orders)
            await AssertRightAsync(target);
        Assert.Equal("", await app.ScalarAsync<string>(Wrong));
        var steps = await app.System.ScrapeAsync(AppIds.Orders);
        Assert.Equal(0, steps.Sum("ticketing_saga_step_duration_seconds_count", ("outcome", "failed")));
        var source = app.System.Services(AppIds.Orders).GetRequiredService<NpgsqlDataSource>();
        Assert.Equal(0, await Deadlocks.CountAsync(source));
        await Deadlocks.MakeAsync(source);
        Assert.Equal(1, await Deadlocks.CountAsync(source));
    }

    /// <summary>One of each start, of one buyer and one show.</summary>
    private List<Target> NewOrders()
    {
        var (buyer, show, date) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        return [.. Enum.GetValues<Start>().Select(start => new Target(NewPurchase(buyer, show, date), start))];
    }

    private Purchase NewPurchase(Guid buyer, Guid show, Guid date) =>
        app.NewPurchase(p =>
            {
                (p.BuyerId, p.EventId, p.SessionId) = (buyer, show, date);
            })
            .When(
                "POST /internal/orders/*/refunds",
                () => PeerStub.Json(new RefundAccepted(new(0, "BRL"), Completed: true), 202)
            );

    private static async Task PrepareAsync(Target target)
    {
        var buy = target.Buy;
        buy.When("POST /internal/payments", () => target.IsReachable ? null : PeerStub.Problem(503, "away"));
        await buy.PlaceAsync(target.Payment);
        if (target.Start == Start.Expired)
            await buy.DeadlinePassesAsync();
    }

    private static Task AtOnceAsync<T>(IEnumerable<T> all, Func<T, Task> act) =>
        Parallel.ForEachAsync(
            all,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (one, _) => await act(one)
        );

    private static async Task<int> StatusAsync(Task<HttpResponseMessage> sent)
    {
        using var response = await sent;
        return (int)response.StatusCode;
    }

    private async Task<int> DeliverAsync<TEvent>(TEvent message)
        where TEvent : IEvent => (int)await app.DeliverAsync(message);

    /// <summary>The month is over.</summary>
    private async Task<int> ForgetAsync(Target target)
    {
        await app.ScalarAsync<object>(
            "UPDATE orders SET forget_after = now() WHERE id = $1 AND forget_after IS NOT NULL",
            target.Buy.Id
        );
        await retention.WaitAsync();
        try
        {
            // It looks when it starts, then by the hour.
            var loop = app
                .System.Services(AppIds.Orders)
                .GetServices<IHostedService>()
                .Single(s => s.GetType().Name == "Retention");
            await loop.StopAsync(CancellationToken.None);
            await loop.StartAsync(CancellationToken.None);
            return 200;
        }
        finally
        {
            retention.Release();
        }
    }

    /// <summary>All deadlines pass, cancelled shows are looked at once more, and nothing is left to do.</summary>
    private async Task RestAsync()
    {
        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync<string>("SELECT cursor FROM pull_cursors WHERE fact = 'settlements'")
            == $"{app.Neighbours.Settlements.Count}"
        );
        await app.ScalarAsync<object>("UPDATE cancellations SET at = at - interval '2 minutes', resume_at = now()");
        var unfinished = await app.ScalarAsync<Guid[]>(
            "SELECT array_agg(id) FROM orders WHERE drive_after IS NOT NULL"
        );
        foreach (var id in unfinished ?? [])
            await app.ScalarAsync<object>(
                "UPDATE orders SET expires_at = least(expires_at, now()), drive_after = now() WHERE id = $1",
                id
            );
        await Eventually.GetAsync(
            () =>
                app.ScalarAsync<long>(
                    """
                    SELECT (SELECT count(*) FROM orders WHERE drive_after IS NOT NULL) + (SELECT count(*) FROM outbox)
                        + (SELECT count(*) FROM cancellations WHERE resume_at IS NOT NULL)
                    """
                ),
            left => left == 0
        );
    }

    /// <summary>Not ended; money that nobody keeps or that does not fit; sold for a cancelled show; not forgotten.</summary>
    private const string Wrong = """
        SELECT coalesce(string_agg(concat_ws(' ', o.id, o.status, w.what), ', '), '')
        FROM orders o CROSS JOIN LATERAL (VALUES
            (status IN ('Pending', 'AwaitingPayment', 'Paid'), 'has not ended'),
            (status = 'Fulfilled' AND NOT EXISTS (SELECT FROM settlements s
                WHERE s.payment_id = o.paid_by AND s.order_id = o.id AND s.amount = o.total), 'is not paid'),
            (status IN ('Expired', 'Cancelled') AND EXISTS (SELECT FROM settlements s WHERE s.order_id = o.id), 'has money'),
            (EXISTS (SELECT FROM settlements s WHERE s.order_id = o.id AND s.payment_id IS DISTINCT FROM o.paid_by
                AND s.refunded_at IS NULL), 'has other money'),
            (status = 'Fulfilled' AND EXISTS (
                SELECT FROM cancellations c WHERE c.subject_id IN (o.event_id, o.session_id)), 'is of a cancelled show'),
            (status IN ('Expired', 'Cancelled') AND (buyer_name, buyer_key) <> ('', '')
                AND EXISTS (SELECT FROM erased_people p WHERE p.user_id = o.buyer_id), 'is not forgotten')) w (applies, what)
        WHERE w.applies
        """;

    /// <summary>Told of once, and what the neighbours keep is what the order says.</summary>
    private async Task AssertRightAsync(Target target)
    {
        var buy = target.Buy;
        var status = Enum.Parse<OrderStatus>(
            (await app.ScalarAsync<string>("SELECT status FROM orders WHERE id = $1", buy.Id))!
        );
        var (fulfilled, refunded) = (app.CountTold<OrderFulfilled>(buy.Id), app.CountTold<OrderRefunded>(buy.Id));
        Assert.InRange(fulfilled, status == OrderStatus.Fulfilled ? 1 : 0, 1);
        Assert.Equal(status == OrderStatus.Refunded ? 1 : 0, refunded);
        Assert.InRange(app.CountTold<OrderExpired>(buy.Id), status == OrderStatus.Expired ? 1 : 0, 1);
        Assert.InRange(app.CountTold<OrderCancelled>(buy.Id), status == OrderStatus.Cancelled ? 1 : 0, 1);
        var (sold, voided) = (buy.Count("POST /internal/holds/*/commit"), buy.Count("POST /internal/orders/*/void"));
        Assert.True(
            status == OrderStatus.Fulfilled
                ? sold > 0 && voided == 0
                : voided > 0 || sold == 0 && buy.Count("POST /internal/holds/*/release") > 0,
            $"{target.Start} {status}: sold {sold}, voided {voided}"
        );
    }
}
