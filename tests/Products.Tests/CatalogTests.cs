using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ticketing.Contracts;
using Ticketing.Products.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Tests;

public sealed class CatalogTests(ProductsApp app)
{
    [Fact]
    public async Task A_manager_adds_a_product_and_everybody_sees_it()
    {
        var show = await app.PublishShow();
        using var http = app.As(show.Manager);
        using var created = await http.PostAsJsonAsync("/api/v1/products", show.Body(stock: 7));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("\"1\"", created.Headers.ETag?.Tag);
        using var anyone = app.As(null);
        var product = await (await anyone.GetAsync(created.Headers.Location)).ReadAsync<ProductResponse>();
        Assert.Equal("Camiseta", product.Name);
        Assert.Equal(new Money(5_000, "BRL"), product.Price);
        Assert.Equal(7, product.Available);
        Assert.Equal(ProductStatus.OnSale, product.Status);
        Assert.Null(product.Stock);
        Assert.Equal(new ProductStock(7, 7, 0, 0), await show.Stock(product.Id));
    }

    [Fact]
    public async Task Only_the_team_of_the_session_adds_products()
    {
        var show = await app.PublishShow();
        var other = await app.PublishShow();
        var (door, gone) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await show.Join(door, TeamRole.Door);
        await show.Join(gone, TeamRole.Owner);
        await show.Join(gone, null);
        foreach (var person in new[] { other.Manager, door, gone })
        {
            using var http = app.As(person);
            using var refused = await http.PostAsJsonAsync("/api/v1/products", show.Body());
            Assert.Equal("not-found", await refused.ProblemAsync(404));
        }
        using var anyone = app.As(null);
        using var unknown = await anyone.PostAsJsonAsync("/api/v1/products", show.Body());
        Assert.Equal("unauthenticated", await unknown.ProblemAsync(401));
        using var admin = app.As(Guid.CreateVersion7(), "admin");
        using var created = await admin.PostAsJsonAsync("/api/v1/products", show.Body());
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }

    [Fact]
    public async Task A_price_is_told_to_the_audit_log()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        using var http = app.As(show.Manager);
        var path = $"/api/v1/products/{product.Id}";
        await http.PatchAsJsonAsync(path, new { price = new Money(1, "BRL") });
        await http.DeleteAsync(path);

        var act = await app.Acts.OfAsync("product.price-changed", product.Id);
        Assert.Equal((show.Manager, show.OrganizerId), (act.ActorId, act.OrganizerId));
        Assert.Equal(("5000", "1"), (act.Details["priceBefore"], act.Details["priceAfter"]));
        await app.Acts.OfAsync("product.added", product.Id, show.Manager);
        await app.Acts.OfAsync("product.hidden", product.Id, show.Manager);
    }

    [Fact]
    public async Task What_was_withdrawn_is_listed_for_the_team_and_can_be_sold_again()
    {
        var show = await app.PublishShow();
        var (kept, withdrawn) = (await show.Add(stock: 7), await show.Add());
        using var http = app.As(show.Manager);
        await http.DeleteAsync($"/api/v1/products/{withdrawn.Id}");
        var list = $"/api/v1/products?sessionId={show.SessionId}";

        using var told = await http.GetAsync($"{list}&forTeam=true");
        Assert.Equal("no-store", told.Headers.CacheControl?.ToString());
        var all = (await told.ReadAsync<Page<ProductResponse>>()).Items;
        Assert.Equal([kept.Id, withdrawn.Id], all.Select(p => p.Id));
        Assert.Equal(new ProductStock(7, 7, 0, 0), all[0].Stock);
        Assert.Equal(ProductStatus.Hidden, all[1].Status);
        using var anyone = app.As(null);
        using var other = app.As(Guid.CreateVersion7());
        foreach (var stranger in new[] { anyone, other })
        {
            using var refused = await stranger.GetAsync($"{list}&forTeam=true");
            Assert.Equal("not-found", await refused.ProblemAsync(404));
            var shown = Assert.Single((await (await stranger.GetAsync(list)).ReadAsync<Page<ProductResponse>>()).Items);
            Assert.Equal((kept.Id, null), (shown.Id, shown.Stock));
        }

        foreach (var again in new[] { 0, 1 })
        {
            using var edited = await http.PatchAsJsonAsync($"/api/v1/products/{withdrawn.Id}", new { hidden = false });
            Assert.Equal(ProductStatus.OnSale, (await edited.ReadAsync<ProductResponse>()).Status);
        }
        await app.Acts.OfAsync("product.shown", withdrawn.Id, show.Manager);
        Assert.Equal(2, (await (await anyone.GetAsync(list)).ReadAsync<Page<ProductResponse>>()).Items.Count);
    }

    [Fact]
    public async Task A_drafts_products_are_its_teams_until_it_is_published()
    {
        var show = new Show(app);
        await show.Join(show.Manager, TeamRole.Manager);
        app.Drafts[show.SessionId] = new(show.EventId, show.OrganizerId, TimeProvider.System.GetUtcNow().AddDays(30));
        using var stranger = app.As(Guid.CreateVersion7());
        using var refused = await stranger.PostAsJsonAsync("/api/v1/products", show.Body());
        Assert.Equal("not-found", await refused.ProblemAsync(404));

        var product = await show.Add();

        using var team = app.As(show.Manager);
        using var anyone = app.As(null);
        var list = $"/api/v1/products?sessionId={show.SessionId}";
        async Task<int> ListedAsync(HttpClient http, string of = "") =>
            (await (await http.GetAsync(list + of)).ReadAsync<Page<ProductResponse>>()).Items.Count;

        Assert.Equal(
            (1, 0, 0),
            (await ListedAsync(team, "&forTeam=true"), await ListedAsync(team), await ListedAsync(anyone))
        );
        using (var hidden = await anyone.GetAsync($"/api/v1/products/{product.Id}"))
            Assert.Equal("not-found", await hidden.ProblemAsync(404));
        using (var held = await show.TryHold(Guid.CreateVersion7(), show.Wants((product.Id, 1))))
            Assert.Equal("sale-not-open", await held.ProblemAsync(409));

        await show.Publish(version: 1);

        Assert.Equal(1, await ListedAsync(anyone));
        await show.Hold(Guid.CreateVersion7(), show.Wants((product.Id, 1)));
    }

    [Fact]
    public async Task Someone_elses_product_is_not_found()
    {
        var show = await app.PublishShow();
        var other = await app.PublishShow();
        var product = await show.Add();
        using var http = app.As(other.Manager);
        var path = $"/api/v1/products/{product.Id}";
        using var edited = await http.PatchAsJsonAsync(path, new { stock = 1 });
        Assert.Equal("not-found", await edited.ProblemAsync(404));
        using var hidden = await http.DeleteAsync(path);
        Assert.Equal("not-found", await hidden.ProblemAsync(404));
        var seen = await (await http.GetAsync(path)).ReadAsync<ProductResponse>();
        Assert.Null(seen.Stock);
    }

    [Theory]
    [InlineData("name", "\"\"", 400, "name")]
    [InlineData("name", "\"   \"", 422, "name")]
    [InlineData("name", "\"two\\nlines\"", 422, "name")]
    [InlineData("name", "null", 400, "name")]
    [InlineData("name", "5", 400, "name")]
    [InlineData("stock", "-1", 400, "stock")]
    [InlineData("stock", "1000001", 400, "stock")]
    [InlineData("stock", "\"10\"", 400, "stock")]
    [InlineData("stock", "99999999999", 400, "stock")]
    [InlineData("maxPerOrder", "0", 400, "maxPerOrder")]
    [InlineData("maxPerOrder", "101", 400, "maxPerOrder")]
    [InlineData("price", "{\"amount\":-1,\"currency\":\"BRL\"}", 422, "price.amount")]
    [InlineData("price", "{\"amount\":10000001,\"currency\":\"BRL\"}", 422, "price.amount")]
    [InlineData("price", "{\"amount\":1,\"currency\":\"USD\"}", 422, "price.currency")]
    [InlineData("price", "{\"currency\":\"BRL\"}", 400, "amount")]
    [InlineData("price", "{\"amount\":1.5,\"currency\":\"BRL\"}", 400, "price.amount")]
    [InlineData("sessionId", "\"x\"", 400, "sessionId")]
    [InlineData("salesEnd", "\"soon\"", 400, "salesEnd")]
    public async Task Bad_input_names_the_field(string field, string json, int status, string named)
    {
        var show = await app.PublishShow();
        var body = show.Body();
        body[field] = JsonNode.Parse(json);
        using var http = app.As(show.Manager);
        using var response = await http.PostAsJsonAsync("/api/v1/products", body);
        Assert.Equal("invalid", await response.ProblemAsync(status));
        Assert.Contains(named, await response.FieldsAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}")]
    public async Task What_is_no_product_is_refused(string body)
    {
        using var http = app.As(Guid.CreateVersion7());
        using var content = new StringContent(body, null, "application/json");
        using var response = await http.PostAsync("/api/v1/products", content);
        Assert.Equal("invalid", await response.ProblemAsync(400));
    }

    [Fact]
    public async Task Too_long_texts_and_a_window_that_ends_before_it_starts_are_refused()
    {
        var show = await app.PublishShow();
        using var http = app.As(show.Manager);
        var body = show.Body();
        body["description"] = new string('x', 2_001);
        using var tooLong = await http.PostAsJsonAsync("/api/v1/products", body);
        Assert.Equal("invalid", await tooLong.ProblemAsync(400));
        Assert.Contains("description", await tooLong.FieldsAsync());
        body["description"] = null;
        body["salesStart"] = "2030-01-02T00:00:00Z";
        body["salesEnd"] = "2030-01-01T00:00:00-03:00";
        using var backwards = await http.PostAsJsonAsync("/api/v1/products", body);
        Assert.Equal("invalid", await backwards.ProblemAsync(422));
        Assert.Contains("salesEnd", await backwards.FieldsAsync());
        // The database tells microseconds apart.
        body["salesStart"] = "2030-01-01T00:00:00.0000001Z";
        body["salesEnd"] = "2030-01-01T00:00:00.0000002Z";
        using var nothing = await http.PostAsJsonAsync("/api/v1/products", body);
        Assert.Equal("invalid", await nothing.ProblemAsync(422));
    }

    [Fact]
    public async Task The_same_idempotency_key_adds_one_product()
    {
        var show = await app.PublishShow();
        using var http = app.As(show.Manager);
        http.DefaultRequestHeaders.Add("Idempotency-Key", "k1");
        using var first = await http.PostAsJsonAsync("/api/v1/products", show.Body());
        using var again = await http.PostAsJsonAsync("/api/v1/products", show.Body());
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(1L, await CountOf(show));
    }

    [Fact]
    public async Task A_session_has_at_most_100_products_however_many_are_added_at_once()
    {
        var show = await app.PublishShow();
        await using var source = app.Database();
        await using var fill = source.CreateCommand(
            $"""
            INSERT INTO products (id, session_id, name, price_amount, capacity, available, held, sold, max_per_order, hidden, version)
            SELECT gen_random_uuid(), '{show.SessionId}', 'Item', 100, 1, 1, 0, 0, 1, false, 1 FROM generate_series(1, 97)
            """
        );
        await fill.ExecuteNonQueryAsync();
        using var http = app.As(show.Manager);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => http.PostAsJsonAsync("/api/v1/products", show.Body()))
        );
        Assert.Equal(3, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
            Assert.Equal("too-many-products", await refused.ProblemAsync(409));
        Assert.Equal(100L, await CountOf(show));
    }

    private Task<long> CountOf(Show show) =>
        app.ScalarAsync<long>($"SELECT count(*) FROM products WHERE session_id = '{show.SessionId}'");

    [Fact]
    public async Task The_list_is_paged_and_cheap_to_ask_again()
    {
        var show = await app.PublishShow();
        var added = new List<Guid>();
        for (var i = 0; i < 3; i++)
            added.Add((await show.Add()).Id);
        using var http = app.As(null);
        var path = $"/api/v1/products?sessionId={show.SessionId}&limit=2";
        using var first = await http.GetAsync(path);
        Assert.Equal(TimeSpan.FromSeconds(5), first.Headers.CacheControl?.MaxAge);
        Assert.True(first.Headers.CacheControl!.Public);
        var page = await first.ReadAsync<Page<ProductResponse>>();
        var rest = await (await http.GetAsync($"{path}&cursor={page.Next}")).ReadAsync<Page<ProductResponse>>();
        Assert.Equal(added, page.Items.Concat(rest.Items).Select(p => p.Id));
        Assert.Null(rest.Next);

        http.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await http.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());
        await show.Hold(Guid.CreateVersion7(), show.Wants((added[0], 1)));
        using var changed = await http.GetAsync(path);
        Assert.Equal(9, (await changed.ReadAsync<Page<ProductResponse>>()).Items[0].Available);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?sessionId=x")]
    [InlineData("?sessionId=0199d6a0-0000-7000-8000-000000000001&limit=0")]
    [InlineData("?sessionId=0199d6a0-0000-7000-8000-000000000001&limit=101")]
    [InlineData("?sessionId=0199d6a0-0000-7000-8000-000000000001&limit=x")]
    [InlineData("?sessionId=0199d6a0-0000-7000-8000-000000000001&cursor=!")]
    public async Task A_list_asked_badly_is_a_400(string query)
    {
        using var http = app.As(null);
        using var response = await http.GetAsync("/api/v1/products" + query);
        Assert.Equal("invalid", await response.ProblemAsync(400));
    }

    [Fact]
    public async Task A_session_nobody_knows_has_no_products()
    {
        using var http = app.As(null);
        var page = await (await http.GetAsync($"/api/v1/products?sessionId={Guid.CreateVersion7()}")).ReadAsync<
            Page<ProductResponse>
        >();
        Assert.Empty(page.Items);
    }

    [Fact]
    public async Task An_edit_changes_what_it_gives_and_null_clears()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        using var set = await show.Edit(
            product.Id,
            new()
            {
                ["description"] = "Algodão",
                ["salesStart"] = "2030-01-01T00:00:00-03:00",
                ["price"] = new JsonObject { ["amount"] = 1, ["currency"] = "BRL" },
            }
        );
        var after = await set.ReadAsync<ProductResponse>();
        Assert.Equal("\"2\"", set.Headers.ETag?.Tag);
        Assert.Equal(
            product with
            {
                Description = "Algodão",
                SalesStart = new DateTimeOffset(2030, 1, 1, 3, 0, 0, TimeSpan.Zero),
                Price = new(1, "BRL"),
                Status = ProductStatus.Upcoming,
                Version = 2,
            },
            after
        );
        using var cleared = await show.Edit(product.Id, new() { ["description"] = null, ["salesStart"] = null });
        Assert.Equal(product with { Price = new(1, "BRL"), Version = 3 }, await cleared.ReadAsync<ProductResponse>());
        using var nothing = await show.Edit(product.Id, []);
        Assert.Equal(HttpStatusCode.OK, nothing.StatusCode);
    }

    [Theory]
    [InlineData("name", "\"\"", 400)]
    [InlineData("name", "\" \"", 422)]
    [InlineData("stock", "-1", 400)]
    [InlineData("maxPerOrder", "0", 400)]
    [InlineData("price", "{\"amount\":1,\"currency\":\"EUR\"}", 422)]
    [InlineData("salesEnd", "\"soon\"", 400)]
    public async Task A_bad_edit_is_refused(string field, string json, int status)
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        using var refused = await show.Edit(product.Id, new() { [field] = JsonNode.Parse(json) });
        Assert.Equal("invalid", await refused.ProblemAsync(status));
        Assert.Equal(new ProductStock(10, 10, 0, 0), await show.Stock(product.Id));
    }

    [Fact]
    public async Task An_edit_of_what_changed_since_is_refused()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        using var first = await show.Edit(product.Id, new() { ["stock"] = 11 }, "\"1\"");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var late = await show.Edit(product.Id, new() { ["stock"] = 12 }, "\"1\"");
        Assert.Equal("precondition-failed", await late.ProblemAsync(412));
        Assert.Equal(11, (await show.Stock(product.Id)).Capacity);
        using var http = app.As(show.Manager);
        http.DefaultRequestHeaders.TryAddWithoutValidation("If-Match", "\"1\"");
        using var hide = await http.DeleteAsync($"/api/v1/products/{product.Id}");
        Assert.Equal("precondition-failed", await hide.ProblemAsync(412));
    }

    [Fact]
    public async Task Of_many_edits_of_one_version_one_wins()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var answers = await Task.WhenAll(
            Enumerable.Range(20, 10).Select(n => show.Edit(product.Id, new() { ["stock"] = n }, "\"1\""))
        );
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.All(answers, a => Assert.Contains((int)a.StatusCode, new[] { 200, 412 }));
    }

    [Fact]
    public async Task Stock_cannot_shrink_below_what_is_held_and_sold()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var sold = Guid.CreateVersion7();
        await show.Hold(sold, show.Wants((product.Id, 2)));
        await show.Done(sold, "commit");
        await show.Hold(Guid.CreateVersion7(), show.Wants((product.Id, 3)));
        using var refused = await show.Edit(product.Id, new() { ["stock"] = 4 });
        Assert.Equal("stock-in-use", await refused.ProblemAsync(409));
        using var exact = await show.Edit(product.Id, new() { ["stock"] = 5 });
        Assert.Equal(ProductStatus.SoldOut, (await exact.ReadAsync<ProductResponse>()).Status);
        Assert.Equal(new ProductStock(5, 0, 3, 2), await show.Stock(product.Id));
    }

    [Fact]
    public async Task A_withdrawn_product_is_gone_for_buyers_alone()
    {
        var show = await app.PublishShow();
        var product = await show.Add();
        var order = Guid.CreateVersion7();
        await show.Hold(order, show.Wants((product.Id, 2)));
        using var http = app.As(show.Manager);
        var path = $"/api/v1/products/{product.Id}";
        for (var i = 0; i < 2; i++)
        {
            using var hidden = await http.DeleteAsync(path);
            Assert.Equal(HttpStatusCode.NoContent, hidden.StatusCode);
        }
        using var anyone = app.As(null);
        using var gone = await anyone.GetAsync(path);
        Assert.Equal("not-found", await gone.ProblemAsync(404));
        var list = await (await anyone.GetAsync($"/api/v1/products?sessionId={show.SessionId}")).ReadAsync<
            Page<ProductResponse>
        >();
        Assert.Empty(list.Items);
        var seen = await (await http.GetAsync(path)).ReadAsync<ProductResponse>();
        Assert.Equal(ProductStatus.Hidden, seen.Status);
        using var refused = await show.TryHold(Guid.CreateVersion7(), show.Wants((product.Id, 1)));
        Assert.Equal("product-not-found", await refused.ProblemAsync(422));
        await show.Done(order, "commit");
        Assert.Equal(new ProductStock(10, 8, 0, 2), await show.Stock(product.Id));
    }

    [Fact]
    public async Task Unknown_products_are_not_found()
    {
        using var http = app.As(Guid.CreateVersion7());
        foreach (var id in new[] { Guid.CreateVersion7().ToString(), "x" })
        {
            using var get = await http.GetAsync($"/api/v1/products/{id}");
            Assert.Equal("not-found", await get.ProblemAsync(404));
        }
    }

    [Fact]
    public Task The_api_document_is_the_committed_one() =>
        TestKit.OpenApiSnapshot.VerifyAsync(app.System, AppIds.Products);
}
