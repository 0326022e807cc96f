using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ticketing.Contracts;
using Ticketing.Products.Catalog;
using Ticketing.TestKit;

namespace Ticketing.Products.Tests;

public sealed class HoldTests(ProductsApp app)
{
    [Fact]
    public async Task A_hold_takes_stock_at_the_price_of_the_moment()
    {
        var show = await app.PublishShow();
        var (shirt, parking) = (await show.Add(price: 5_000), await show.Add(price: 3_000));
        var order = Guid.CreateVersion7();
        var hold = await show.Hold(order, show.Wants((parking.Id, 1), (shirt.Id, 1), (shirt.Id, 1)));
        Assert.Equal(order, hold.OrderId);
        Assert.Equal(
            [
                new ProductLine(shirt.Id, "Camiseta", new(5_000, "BRL"), 2),
                new ProductLine(parking.Id, "Camiseta", new(3_000, "BRL"), 1),
            ],
            hold.Lines
        );
        Assert.Equal(new ProductStock(10, 8, 2, 0), await show.Stock(shirt.Id));
    }

    [Fact]
    public async Task Repeats_answer_the_first_prices_and_extend_the_lease()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var order = Guid.CreateVersion7();
        var wants = show.Wants((product.Id, 2));
        var first = await show.Hold(order, wants);
        await show.Edit(
            product.Id,
            new()
            {
                ["price"] = new JsonObject { ["amount"] = 9, ["currency"] = "BRL" },
            }
        );
        var longer = await show.Hold(order, wants with { LeaseSeconds = 1_200 });
        Assert.Equal(first.Lines, longer.Lines);
        Assert.True(longer.ExpiresAt >= first.ExpiresAt.AddSeconds(600));
        var shorter = await show.Hold(order, wants with { LeaseSeconds = 1 });
        Assert.Equal(longer.ExpiresAt, shorter.ExpiresAt);
        Assert.Equal(new ProductStock(10, 8, 2, 0), await show.Stock(product.Id));
    }

    [Fact]
    public async Task All_or_nothing()
    {
        var show = await app.PublishShow();
        var (first, second) = (await show.Add(), await show.Add(stock: 1));
        var order = Guid.CreateVersion7();
        using var refused = await show.TryHold(order, show.Wants((first.Id, 1), (second.Id, 2)));
        Assert.Equal("sold-out", await refused.ProblemAsync(409));
        Assert.Equal(new ProductStock(10, 10, 0, 0), await show.Stock(first.Id));
        await show.Hold(order, show.Wants((first.Id, 1)));
    }

    [Fact]
    public async Task Other_items_replace_what_is_held()
    {
        var show = await app.PublishShow();
        var (first, second) = (await show.Add(), await show.Add());
        var order = Guid.CreateVersion7();
        await show.Hold(order, show.Wants((first.Id, 2), (second.Id, 1)));
        await show.Hold(order, show.Wants((second.Id, 4)));
        Assert.Equal(new ProductStock(10, 10, 0, 0), await show.Stock(first.Id));
        Assert.Equal(new ProductStock(10, 6, 4, 0), await show.Stock(second.Id));
        using var refused = await show.TryHold(order, show.Wants((first.Id, 1), (second.Id, 5)));
        Assert.Equal("limit-reached", await refused.ProblemAsync(409));
        Assert.Equal(new ProductStock(10, 6, 4, 0), await show.Stock(second.Id));
    }

    [Fact]
    public async Task The_last_of_a_product_may_be_swapped_within_one_hold()
    {
        var show = await app.PublishShow();
        var product = await show.Add(stock: 4);
        var order = Guid.CreateVersion7();
        await show.Hold(order, show.Wants((product.Id, 3)));
        await show.Hold(order, show.Wants((product.Id, 4)));
        Assert.Equal(new ProductStock(4, 0, 4, 0), await show.Stock(product.Id));
    }

    [Fact]
    public async Task Limits_windows_and_strangers_are_refused()
    {
        var show = await app.PublishShow();
        var other = await app.PublishShow();
        var (product, theirs) = (await show.Add(maxPerOrder: 2), await other.Add());
        await Refused("limit-reached", 409, show.Wants((product.Id, 3)));
        await Refused("limit-reached", 409, show.Wants((product.Id, 2), (product.Id, 1)));
        await Refused("product-not-found", 422, show.Wants((theirs.Id, 1)));
        await Refused("product-not-found", 422, show.Wants((Guid.CreateVersion7(), 1)));
        await show.Edit(product.Id, new() { ["salesStart"] = "2099-01-01T00:00:00Z" });
        await Refused("sale-not-open", 409, show.Wants((product.Id, 1)));
        await show.Edit(product.Id, new() { ["salesStart"] = null, ["salesEnd"] = "2020-01-01T00:00:00Z" });
        await Refused("sale-not-open", 409, show.Wants((product.Id, 1)));
        Assert.Equal(new ProductStock(10, 10, 0, 0), await show.Stock(product.Id));

        async Task Refused(string code, int status, HoldProducts request)
        {
            using var response = await show.TryHold(Guid.CreateVersion7(), request);
            Assert.Equal(code, await response.ProblemAsync(status));
        }
    }

    [Fact]
    public async Task Bad_requests_name_the_field()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var good = show.Wants((product.Id, 1));
        await Refused(good with { LeaseSeconds = 0 }, "leaseSeconds");
        await Refused(good with { LeaseSeconds = int.MaxValue }, "leaseSeconds");
        await Refused(good with { Items = [] }, "items");
        await Refused(show.Wants((product.Id, 0)), "items.quantity");
        await Refused(show.Wants((product.Id, -1)), "items.quantity");
        await Refused(show.Wants((product.Id, int.MaxValue)), "items.quantity");
        await Refused(show.Wants([.. Enumerable.Range(0, 21).Select(_ => (Guid.CreateVersion7(), 1))]), "items");
        using var http = app.Orders();
        using var wrong = await http.PutAsJsonAsync($"/internal/holds/{Guid.CreateVersion7()}", new { items = "x" });
        Assert.Equal("invalid", await wrong.ProblemAsync(400));

        async Task Refused(HoldProducts request, string field)
        {
            using var response = await show.TryHold(Guid.CreateVersion7(), request);
            Assert.Equal("invalid", await response.ProblemAsync(422));
            Assert.Contains(field, await response.FieldsAsync());
        }
    }

    [Fact]
    public async Task Another_buyers_or_sessions_hold_is_not_found()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var order = Guid.CreateVersion7();
        var wants = show.Wants((product.Id, 1));
        await show.Hold(order, wants);
        using var buyer = await show.TryHold(order, wants with { BuyerId = Guid.CreateVersion7() });
        Assert.Equal("not-found", await buyer.ProblemAsync(404));
        using var session = await show.TryHold(order, wants with { SessionId = Guid.CreateVersion7() });
        Assert.Equal("not-found", await session.ProblemAsync(404));
    }

    [Fact]
    public async Task Holds_cannot_be_reached_from_outside()
    {
        using var http = app.As(Guid.CreateVersion7(), "admin");
        using var response = await http.PostAsync($"/internal/holds/{Guid.CreateVersion7()}/commit", null);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    public enum State
    {
        Unknown,
        Held,
        Expired,
        Released,
        Committed,
        Voided,
    }

    // What each request makes of a hold of 2 (of 10) in each state: its answer, and where the stock is then.
    [Theory]
    [InlineData(State.Unknown, "commit", "hold-not-found", 10, 0, 0)]
    [InlineData(State.Held, "commit", "", 8, 0, 2)]
    [InlineData(State.Expired, "commit", "", 8, 0, 2)]
    [InlineData(State.Released, "commit", "", 8, 0, 2)]
    [InlineData(State.Committed, "commit", "", 8, 0, 2)]
    [InlineData(State.Voided, "commit", "hold-voided", 10, 0, 0)]
    [InlineData(State.Unknown, "release", "", 10, 0, 0)]
    [InlineData(State.Held, "release", "", 10, 0, 0)]
    [InlineData(State.Expired, "release", "", 10, 0, 0)]
    [InlineData(State.Released, "release", "", 10, 0, 0)]
    [InlineData(State.Committed, "release", "hold-committed", 8, 0, 2)]
    [InlineData(State.Voided, "release", "", 10, 0, 0)]
    [InlineData(State.Unknown, "void", "", 10, 0, 0)]
    [InlineData(State.Held, "void", "", 10, 0, 0)]
    [InlineData(State.Expired, "void", "", 10, 0, 0)]
    [InlineData(State.Released, "void", "", 10, 0, 0)]
    [InlineData(State.Committed, "void", "", 10, 0, 0)]
    [InlineData(State.Voided, "void", "", 10, 0, 0)]
    [InlineData(State.Unknown, "take", "", 8, 2, 0)]
    [InlineData(State.Held, "take", "", 8, 2, 0)]
    [InlineData(State.Expired, "take", "", 8, 2, 0)]
    [InlineData(State.Released, "take", "", 8, 2, 0)]
    [InlineData(State.Committed, "take", "", 8, 0, 2)]
    [InlineData(State.Voided, "take", "hold-committed", 10, 0, 0)]
    public async Task Every_request_in_every_state(
        State state,
        string step,
        string problem,
        int available,
        int held,
        int sold
    )
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var order = Guid.CreateVersion7();
        await Bring(show, product.Id, order, state);
        for (var repeat = 0; repeat < 2; repeat++)
        {
            using var response =
                step == "take" ? await show.TryHold(order, show.Wants((product.Id, 2))) : await show.Post(order, step);
            if (problem.Length > 0)
                Assert.Equal(problem, await response.ProblemAsync(problem == "hold-not-found" ? 404 : 409));
            else
                Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
            Assert.Equal(new ProductStock(10, available, held, sold), await show.Stock(product.Id));
        }
    }

    private static async Task Bring(Show show, Guid product, Guid order, State state)
    {
        if (state == State.Unknown)
            return;
        var lease = state == State.Expired ? 1 : 600;
        await show.Hold(order, show.Wants((product, 2)) with { LeaseSeconds = lease });
        if (state is State.Committed or State.Voided)
            await show.Done(order, "commit");
        if (state == State.Released)
            await show.Done(order, "release");
        if (state == State.Voided)
            await show.Done(order, "void");
        if (state == State.Expired)
            await Eventually.GetAsync(() => show.Stock(product), stock => stock.Held == 0);
    }

    [Fact]
    public async Task A_lapsed_hold_whose_stock_is_gone_cannot_be_taken_again()
    {
        var show = await app.PublishShow();
        var product = await show.Add(stock: 2);
        var late = Guid.CreateVersion7();
        await Bring(show, product.Id, late, State.Expired);
        await show.Hold(Guid.CreateVersion7(), show.Wants((product.Id, 1)));
        using var commit = await show.Post(late, "commit");
        Assert.Equal("sold-out", await commit.ProblemAsync(409));
        using var take = await show.TryHold(late, show.Wants((product.Id, 2)));
        Assert.Equal("sold-out", await take.ProblemAsync(409));
        await show.Done(late, "release");
        Assert.Equal(new ProductStock(2, 1, 1, 0), await show.Stock(product.Id));
    }

    [Fact]
    public async Task A_lapsed_hold_is_taken_again_at_its_old_prices_also_after_the_sale()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var order = Guid.CreateVersion7();
        await Bring(show, product.Id, order, State.Expired);
        using var edit = await show.Edit(
            product.Id,
            new()
            {
                ["price"] = new JsonObject { ["amount"] = 9, ["currency"] = "BRL" },
                ["salesEnd"] = "2020-01-01T00:00:00Z",
            }
        );
        var hold = await show.Hold(order, show.Wants((product.Id, 2)));
        Assert.Equal(5_000, Assert.Single(hold.Lines).UnitPrice.Amount);
    }

    [Fact]
    public async Task A_released_hold_is_taken_anew_at_the_new_price()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var order = Guid.CreateVersion7();
        await Bring(show, product.Id, order, State.Released);
        await show.Edit(
            product.Id,
            new()
            {
                ["price"] = new JsonObject { ["amount"] = 9, ["currency"] = "BRL" },
            }
        );
        var hold = await show.Hold(order, show.Wants((product.Id, 2)));
        Assert.Equal(9, Assert.Single(hold.Lines).UnitPrice.Amount);
    }

    [Fact]
    public async Task Sold_items_cannot_be_swapped()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var order = Guid.CreateVersion7();
        await Bring(show, product.Id, order, State.Committed);
        using var refused = await show.TryHold(order, show.Wants((product.Id, 1)));
        Assert.Equal("hold-committed", await refused.ProblemAsync(409));
    }

    [Fact]
    public async Task Some_of_what_was_sold_goes_back_once_and_the_rest_with_the_order()
    {
        var show = await app.PublishShow();
        var (shirt, parking) = (await show.Add(), await show.Add());
        var (order, refund) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await show.Hold(order, show.Wants((shirt.Id, 3), (parking.Id, 1)));
        await show.Done(order, "commit");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => show.Return(order, refund, (shirt.Id, 2))));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.NoContent, a.StatusCode));
        Assert.Equal(new ProductStock(10, 9, 0, 1), await show.Stock(shirt.Id));
        using var more = await show.Return(order, Guid.CreateVersion7(), (parking.Id, 1), (shirt.Id, 2));
        Assert.Equal("already-refunded", await more.ProblemAsync(409));
        using var stranger = await show.Return(order, Guid.CreateVersion7(), (Guid.CreateVersion7(), 1));
        Assert.Equal("already-refunded", await stranger.ProblemAsync(409));
        using var nothing = await show.Return(order, Guid.CreateVersion7(), (shirt.Id, 0));
        Assert.Equal("invalid", await nothing.ProblemAsync(422));
        Assert.Equal(new ProductStock(10, 9, 0, 1), await show.Stock(parking.Id));
        await show.Done(order, "commit");
        await show.Done(order, "void");
        Assert.Equal(new ProductStock(10, 10, 0, 0), await show.Stock(shirt.Id));
        Assert.Equal(new ProductStock(10, 10, 0, 0), await show.Stock(parking.Id));
        using var late = await show.Return(order, Guid.CreateVersion7(), (shirt.Id, 1));
        Assert.Equal(HttpStatusCode.NoContent, late.StatusCode);
        Assert.Equal(new ProductStock(10, 10, 0, 0), await show.Stock(shirt.Id));
    }
}
