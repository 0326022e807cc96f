using System.Net;
using CsCheck;
using Ticketing.Products.Catalog;
using Ticketing.TestKit;

namespace Ticketing.Products.Tests;

public sealed class RaceTests(ProductsApp app)
{
    private const string Deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";

    [Fact]
    public async Task Of_fifty_after_the_last_ten_exactly_ten_get_one()
    {
        var show = await app.PublishShow();
        var product = await show.Add(stock: 10);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => show.TryHold(Guid.CreateVersion7(), show.Wants((product.Id, 1))))
        );
        Assert.Equal(10, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.OK))
            Assert.Equal("sold-out", await refused.ProblemAsync(409));
        Assert.Equal(new ProductStock(10, 0, 10, 0), await show.Stock(product.Id));
    }

    [Fact]
    public async Task Several_products_in_any_order_never_deadlock()
    {
        var show = await app.PublishShow();
        var products = new Guid[4];
        for (var i = 0; i < products.Length; i++)
            products[i] = (await show.Add(stock: 1_000)).Id;
        var before = await app.ScalarAsync<long>(Deadlocks);
        await Task.WhenAll(
            Enumerable
                .Range(0, 60)
                .Select(async n =>
                {
                    var order = Guid.CreateVersion7();
                    var items = products.Select(p => (p, 1)).ToArray();
                    if (n % 2 == 0)
                        Array.Reverse(items);
                    await show.Hold(order, show.Wants(items));
                    Array.Reverse(items);
                    await show.Hold(order, show.Wants(items[1..]));
                    await show.Done(order, n % 3 == 0 ? "release" : "commit");
                    if (n % 3 == 1)
                        await show.Done(order, "void");
                })
        );
        Assert.Equal(before, await app.ScalarAsync<long>(Deadlocks));
        foreach (var product in products)
            Assert.Equal(0, (await show.Stock(product)).Held);
    }

    /// <summary>Whoever moves a hold or a product meets whoever moves the same, or another of the same products.</summary>
    [Fact]
    public async Task No_two_movers_deadlock()
    {
        const int Rounds = 12;
        var show = await app.PublishShow();
        var (one, two) = ((await show.Add(stock: 40)).Id, (await show.Add(stock: 40)).Id);
        var orders = Enumerable.Range(0, 6).Select(_ => Guid.CreateVersion7()).ToArray();
        await using var source = app.Database();
        var before = await app.ScalarAsync<long>(Deadlocks);
        Func<Guid, Task<HttpResponseMessage>>[] movers =
        [
            order => show.TryHold(order, show.Wants((one, 1), (two, 2)) with { LeaseSeconds = 1 }),
            order => show.TryHold(order, show.Wants((two, 1), (one, 1)) with { LeaseSeconds = 1 }),
            order => show.Post(order, "commit"),
            order => show.Post(order, "release"),
            order => show.Post(order, "void"),
            order => show.Return(order, Guid.CreateVersion7(), (two, 1), (one, 1)),
            _ => show.Edit(one, new() { ["stock"] = 40 }),
            async _ =>
            {
                await source.CreateCommand("SELECT expire_holds(500)").ExecuteNonQueryAsync();
                return new(HttpStatusCode.NoContent);
            },
        ];
        foreach (var mover in movers)
        foreach (var other in movers)
        {
            var fresh = Guid.CreateVersion7();
            var answers = await Task.WhenAll(
                Enumerable
                    .Range(0, Rounds)
                    .SelectMany(i => new[] { mover(orders[i % 6]), other(i % 3 == 0 ? fresh : orders[(i + 1) % 6]) })
            );
            Assert.All(answers, a => Assert.Contains((int)a.StatusCode, new[] { 200, 204, 404, 409 }));
        }
        Assert.Equal(before, await app.ScalarAsync<long>(Deadlocks));
        await AssertConsistentAsync();
    }

    [Fact]
    public async Task One_order_sent_many_times_at_once_takes_its_stock_once()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var order = Guid.CreateVersion7();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => show.Hold(order, show.Wants((product.Id, 3)))));
        Assert.Equal(new ProductStock(10, 7, 3, 0), await show.Stock(product.Id));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => show.Done(order, "commit")));
        Assert.Equal(new ProductStock(10, 7, 0, 3), await show.Stock(product.Id));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => show.Done(order, "void")));
        Assert.Equal(new ProductStock(10, 10, 0, 0), await show.Stock(product.Id));
    }

    [Fact]
    public async Task Commit_and_release_at_once_agree_on_one_end()
    {
        var show = await app.PublishShow();
        var product = await show.Add(stock: 100);
        var orders = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7()).ToArray();
        await Task.WhenAll(orders.Select(o => show.Hold(o, show.Wants((product.Id, 1)))));
        await Task.WhenAll(orders.SelectMany(o => new[] { show.Post(o, "commit"), show.Post(o, "release") }));
        // A commit after the release takes the stock again, a release after the commit is refused: all are sold.
        Assert.Equal(new ProductStock(100, 80, 0, 20), await show.Stock(product.Id));
    }

    /// <summary>Who ends a hold may look before it is there, and write when it is.</summary>
    [Fact]
    public async Task A_hold_that_ends_while_it_is_first_taken_leaves_its_stock_where_it_says()
    {
        var show = await app.PublishShow();
        var products = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => show.Add(stock: 1_000)));
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 400),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (n, _) =>
            {
                var order = Guid.CreateVersion7();
                var taken = show.Hold(order, show.Wants((products[n % 8].Id, 1)));
                var ends = Enumerable.Range(0, 6).Select(_ => show.Done(order, n % 2 == 0 ? "release" : "void"));
                await Task.WhenAll([taken, .. ends]);
            }
        );
        await AssertConsistentAsync();
    }

    [Fact]
    public async Task Many_lapsed_holds_give_their_stock_back()
    {
        var show = await app.PublishShow();
        var products = new[] { (await show.Add(stock: 500)).Id, (await show.Add(stock: 500)).Id };
        await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(_ =>
                    show.Hold(
                        Guid.CreateVersion7(),
                        show.Wants((products[0], 1), (products[1], 2)) with
                        {
                            LeaseSeconds = 1,
                        }
                    )
                )
        );
        foreach (var product in products)
            await Eventually.GetAsync(() => show.Stock(product), stock => stock == new ProductStock(500, 500, 0, 0));
    }

    private enum Step
    {
        Take,
        TakeOther,
        TakeBriefly,
        Commit,
        Release,
        Void,
    }

    /// <summary>Whatever happens at once, stock adds up, and is where the holds say it is.</summary>
    [Fact]
    public async Task After_a_random_mix_the_stock_is_where_the_holds_are()
    {
        var show = await app.PublishShow();
        var products = new Guid[3];
        for (var i = 0; i < products.Length; i++)
            products[i] = (await show.Add(stock: 12, maxPerOrder: 10)).Id;
        var orders = Enumerable.Range(0, 12).Select(_ => Guid.CreateVersion7()).ToArray();
        var script = Gen.Select(
            Gen.Int[0, orders.Length - 1],
            Gen.Enum<Step>(),
            Gen.Int[0, products.Length - 1],
            Gen.Int[1, 4]
        ).Array[300];
        var statuses = new List<HttpStatusCode>();
        await script.SampleAsync(
            async steps =>
            {
                var answers = new System.Collections.Concurrent.ConcurrentBag<HttpStatusCode>();
                await Parallel.ForEachAsync(
                    steps,
                    new ParallelOptions { MaxDegreeOfParallelism = 16 },
                    async (step, _) =>
                    {
                        var (order, what, product, quantity) = step;
                        using var response = await Run(
                            orders[order],
                            what,
                            products[product],
                            products[(product + 1) % products.Length],
                            quantity
                        );
                        answers.Add(response.StatusCode);
                    }
                );
                statuses.AddRange(answers);
                await AssertConsistentAsync();
            },
            iter: 2,
            threads: 1
        );
        Assert.All(statuses, s => Assert.Contains((int)s, new[] { 200, 204, 404, 409 }));

        Task<HttpResponseMessage> Run(Guid order, Step step, Guid one, Guid other, int quantity) =>
            step switch
            {
                Step.Take => show.TryHold(order, show.Wants((one, quantity))),
                Step.TakeOther => show.TryHold(order, show.Wants((one, quantity), (other, 1))),
                Step.TakeBriefly => show.TryHold(
                    order,
                    show.Wants((other, 1), (one, quantity)) with
                    {
                        LeaseSeconds = 1,
                    }
                ),
                Step.Commit => show.Post(order, "commit"),
                Step.Release => show.Post(order, "release"),
                Step.Void => show.Post(order, "void"),
                _ => throw new ArgumentOutOfRangeException(nameof(step)),
            };
    }

    private async Task AssertConsistentAsync()
    {
        var wrong = await app.ScalarAsync<long>(
            """
            SELECT count(*) FROM products p
            LEFT JOIN (
                SELECT l.product_id,
                       sum(l.quantity) FILTER (WHERE h.state = 'Held') AS held,
                       sum(l.quantity - l.returned) FILTER (WHERE h.state = 'Committed') AS sold
                FROM hold_lines l JOIN holds h USING (order_id) GROUP BY l.product_id) t ON t.product_id = p.id
            WHERE p.capacity <> p.available + p.held + p.sold
               OR p.held <> coalesce(t.held, 0) OR p.sold <> coalesce(t.sold, 0)
            """
        );
        Assert.Equal(0, wrong);
    }

    [Fact]
    public async Task The_database_itself_refuses_stock_that_does_not_add_up()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        foreach (var change in new[] { "available = available - 1", "available = -1, held = 11" })
        {
            var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
                app.ScalarAsync<int>($"UPDATE products SET {change} WHERE id = '{product.Id}' RETURNING 1")
            );
            Assert.Equal(Npgsql.PostgresErrorCodes.CheckViolation, refused.SqlState);
        }
    }
}
