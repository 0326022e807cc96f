using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>Who sees what, and what bad input gets.</summary>
public sealed class AccessTests(OrdersApp app)
{
    [Fact]
    public Task The_api_document_is_the_committed_one() => OpenApiSnapshot.VerifyAsync(app.System, AppIds.Orders);

    [Fact]
    public async Task Somebody_elses_order_is_not_there()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        var stranger = Guid.CreateVersion7();
        var door = await app.NewTeamMemberAsync(buy.OrganizerId, TeamRole.Door);
        foreach (var person in new[] { stranger, door })
        {
            using var http = app.System.Client(AppIds.Orders, person);
            using var get = await http.GetAsync($"/api/v1/orders/{buy.Id}");
            Assert.Equal(HttpStatusCode.NotFound, get.StatusCode);
            foreach (var action in new[] { "cancel", "refunds", "payments" })
            {
                using var post = await buy.SendAsync(action, new { method = "pix" }, person);
                Assert.Equal(HttpStatusCode.NotFound, post.StatusCode);
            }
        }
        using var anonymous = app.System.Client(AppIds.Orders);
        using var refused = await anonymous.GetAsync($"/api/v1/orders/{buy.Id}");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task The_organizers_team_reads_but_does_not_cancel()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        var finance = await app.NewTeamMemberAsync(buy.OrganizerId);

        using var http = app.System.Client(AppIds.Orders, finance);
        var seen = await http.GetFromJsonAsync<OrderView>($"/api/v1/orders/{buy.Id}", ServiceDefaultsExtensions.Json);
        Assert.Equal(buy.Id, seen!.Id);
        using var cancel = await buy.SendAsync("cancel", by: finance);
        Assert.Equal(HttpStatusCode.NotFound, cancel.StatusCode);
    }

    [Fact]
    public async Task The_team_sees_who_bought_only_if_the_buyer_agreed()
    {
        var buy = app.NewPurchase();
        await buy.PaidAsync();
        await buy.BecomesAsync(OrderStatus.Fulfilled);
        var finance = await app.NewTeamMemberAsync(buy.OrganizerId);
        var now = TimeProvider.System.GetUtcNow();

        await SeesAsync(false);
        await app.DeliverAsync(new OrganizerConsentChanged(buy.BuyerId, true, now));
        await SeesAsync(true);
        await app.DeliverAsync(new OrganizerConsentChanged(buy.BuyerId, false, now.AddSeconds(2)));
        // Comes late: what was said before it does not hold.
        await app.DeliverAsync(new OrganizerConsentChanged(buy.BuyerId, true, now.AddSeconds(1)));
        await SeesAsync(false);
        await app.DeliverAsync(new OrganizerConsentChanged(buy.BuyerId, true, now.AddSeconds(3)));
        await SeesAsync(true);
        await app.DeliverAsync(new UserErased(buy.BuyerId, now));
        await app.DeliverAsync(new OrganizerConsentChanged(buy.BuyerId, true, now.AddSeconds(4)));
        await SeesAsync(false);
        Assert.Equal("Maria da Silva", (await buy.GetAsync()).Buyer!.Name);

        async Task SeesAsync(bool all)
        {
            using var http = app.System.Client(AppIds.Orders, finance);
            var one = await http.GetStringAsync($"/api/v1/orders/{buy.Id}");
            var list = await http.GetStringAsync($"/api/v1/orders?eventId={buy.EventId}");
            foreach (var text in new[] { one, list })
            {
                Assert.Equal(all, text.Contains("Maria", StringComparison.Ordinal));
                Assert.Contains(buy.Id.ToString(), text, StringComparison.Ordinal);
            }
            var order = JsonSerializer.Deserialize<OrderView>(one, ServiceDefaultsExtensions.Json)!;
            Assert.Equal(all, order.Buyer is not null);
            Assert.All(order.Tickets, t => Assert.Equal(all, t.HolderName is not null));
        }
    }

    [Fact]
    public async Task Somebody_elses_hold_makes_no_order()
    {
        var buy = app.NewPurchase();
        using var http = app.System.Client(AppIds.Orders, Guid.CreateVersion7());
        using var response = await http.PostAsJsonAsync("/api/v1/orders", buy.Body(), ServiceDefaultsExtensions.Json);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        // Nor when it is an order already.
        await buy.PlaceAsync();
        using var again = await http.PostAsJsonAsync("/api/v1/orders", buy.Body(), ServiceDefaultsExtensions.Json);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal("hold-not-found", await Purchase.ProblemAsync(again));
    }

    [Fact]
    public async Task Lists_come_in_pages_newest_first_or_as_they_are_sorted()
    {
        var eventId = Guid.CreateVersion7();
        var organizer = Guid.CreateVersion7();
        var purchases = new List<Purchase>();
        for (var i = 0; i < 5; i++)
        {
            var buy = app.NewPurchase(p =>
            {
                (p.EventId, p.OrganizerId, p.Quantity, p.Price) = (eventId, organizer, 1 + (i % 2), 900 * (i + 1));
                p.Name = new[] { "Zé", "Ágata", "bia", "Agata", "Ninguém" }[i];
            });
            await buy.PlaceAsync();
            if (i < 4)
                await app.DeliverAsync(new OrganizerConsentChanged(buy.BuyerId, true, TimeProvider.System.GetUtcNow()));
            purchases.Add(buy);
        }
        using (await purchases[0].SendAsync("cancel")) { }
        await purchases[0].BecomesAsync(OrderStatus.Cancelled);
        var manager = await app.NewTeamMemberAsync(organizer, TeamRole.Manager);
        using var http = app.System.Client(AppIds.Orders, manager);

        Assert.Equal([4, 3, 2, 1, 0], await AllAsync(""));
        Assert.Equal([4, 3, 2, 1, 0], await AllAsync("&sort=-placed"));
        Assert.Equal([0, 1, 2, 3, 4], await AllAsync("&sort=placed"));
        // 900, 3600, 2700, 7200, 4500
        Assert.Equal([0, 2, 1, 4, 3], await AllAsync("&sort=total"));
        Assert.Equal([3, 4, 1, 2, 0], await AllAsync("&sort=-total"));
        Assert.Equal([0, 2, 4, 1, 3], await AllAsync("&sort=tickets"));
        Assert.Equal([3, 1, 4, 2, 0], await AllAsync("&sort=-tickets"));
        // Whose name is not shown has no place among the names.
        Assert.Equal([1, 3, 2, 0, 4], await AllAsync("&sort=buyer"));
        Assert.Equal([0, 2, 3, 1, 4], await AllAsync("&sort=-buyer"));
        Assert.Equal(0, (await AllAsync("&sort=-status"))[0]);
        Assert.Equal((await AllAsync("&sort=number")).AsEnumerable().Reverse(), await AllAsync("&sort=-number"));
        Assert.Equal([1, 2, 3, 4], (await AllAsync("&sort=number&status=awaitingPayment")).Order());
        Assert.Equal([1, 3], await AllAsync("&sort=total&q=agata"));

        var cancelled = await http.GetFromJsonAsync<Page<OrderItem>>(
            $"/api/v1/orders?eventId={eventId}&status=cancelled",
            ServiceDefaultsExtensions.Json
        );
        Assert.Equal(purchases[0].Id, Assert.Single(cancelled!.Items).Id);

        using var mine = purchases[1].Buyer();
        var own = await mine.GetFromJsonAsync<Page<OrderItem>>("/api/v1/me/orders", ServiceDefaultsExtensions.Json);
        Assert.Equal(2, Assert.Single(own!.Items).Tickets);

        foreach (var query in new[] { "sort=price", "sort=total&cursor=x", "sort=total&cursor=AA" })
        {
            using var bad = await http.GetAsync($"/api/v1/orders?eventId={eventId}&{query}");
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        }

        async Task<List<int>> AllAsync(string query)
        {
            var seen = new List<int>();
            string? next = "";
            while (next is not null)
            {
                var page = await http.GetFromJsonAsync<Page<OrderItem>>(
                    $"/api/v1/orders?eventId={eventId}&limit=2{query}{next}",
                    ServiceDefaultsExtensions.Json
                );
                seen.AddRange(page!.Items.Select(o => purchases.FindIndex(p => p.Id == o.Id)));
                next = page.Next is null ? null : $"&cursor={page.Next}";
            }
            return seen;
        }
    }

    [Fact]
    public async Task An_events_orders_are_for_its_team_alone()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        var elsewhere = await app.NewTeamMemberAsync(Guid.CreateVersion7(), TeamRole.Owner);
        var door = await app.NewTeamMemberAsync(buy.OrganizerId, TeamRole.Door);
        foreach (var person in new[] { buy.BuyerId, elsewhere, door })
        {
            using var http = app.System.Client(AppIds.Orders, person);
            using var response = await http.GetAsync($"/api/v1/orders?eventId={buy.EventId}");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Fact]
    public async Task An_event_without_orders_is_for_its_team_alone()
    {
        var (eventId, organizer) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        app.Neighbours.Organizers[eventId] = organizer;
        var own = await app.NewTeamMemberAsync(organizer, TeamRole.Finance);
        var elsewhere = await app.NewTeamMemberAsync(Guid.CreateVersion7(), TeamRole.Owner);
        foreach (
            var (person, of, expected) in new[]
            {
                (own, eventId, HttpStatusCode.OK),
                (elsewhere, eventId, HttpStatusCode.NotFound),
                (own, Guid.CreateVersion7(), HttpStatusCode.NotFound),
            }
        )
        {
            using var http = app.System.Client(AppIds.Orders, person);
            using var response = await http.GetAsync($"/api/v1/orders?eventId={of}");
            Assert.Equal(expected, response.StatusCode);
        }
    }

    [Fact]
    public async Task An_order_is_found_by_what_somebody_at_a_box_office_types()
    {
        var (eventId, organizer) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var agreed = Show("João D'Ávila Conceição", "Joao.O'Brien@Example.com");
        var silent = Show("Joana Dantas", "joana@example.com");
        var elsewhere = app.NewPurchase(p => (p.OrganizerId, p.Name) = (organizer, "João Dantas"));
        var abroad = Show("Łucja Łódź Straße Ørsted Þór I\u0307stanbul Елена", "abroad@example.com");
        foreach (var buy in new[] { agreed, silent, elsewhere, abroad })
            await buy.PlaceAsync();
        var now = TimeProvider.System.GetUtcNow();
        foreach (var buy in new[] { agreed, elsewhere, abroad })
            await app.DeliverAsync(new OrganizerConsentChanged(buy.BuyerId, true, now));
        using var http = app.System.Client(AppIds.Orders, await app.NewTeamMemberAsync(organizer));
        var number = (await silent.GetAsync()).Number;

        foreach (
            var typed in new[] { "joao", "JOÃO d'avi", "conceicao joa", "joao.o'brien@example.com ", "\\' & !joao:*" }
        )
            await FindsAsync(typed, agreed);
        foreach (var typed in new[] { number, number.ToLowerInvariant(), $" {number[..4]}-{number[4..]}", number[..5] })
            await FindsAsync(typed, silent);
        foreach (
            var typed in new[] { "lodz LUCJA", "Łódź", "strasse", "ørs orsted", "thor", "istan", "елена", "elena" }
        )
            await FindsAsync(typed, abroad);
        await FindsAsync(silent.TicketNumber.ToLowerInvariant(), silent);
        await FindsAsync("  ", silent, agreed, abroad);
        foreach (
            var typed in new[]
            {
                // Who did not agree is not found by who it is; nor is a part of an address enough, or a part within a name.
                "joana",
                "joana@example.com",
                "@example.com",
                "o'brien@example.com",
                "ceicao",
                "joao dantas",
                elsewhere.TicketNumber,
                (await elsewhere.GetAsync()).Number,
                "':*",
                "%",
                "_",
                "😀",
                new string('㌖', 254),
                "a\\@b'c",
                "-",
            }
        )
            await FindsAsync(typed);

        await app.DeliverAsync(new OrganizerConsentChanged(agreed.BuyerId, false, now.AddSeconds(1)));
        await FindsAsync("joao");
        using var lengthy = await http.GetAsync($"/api/v1/orders?eventId={eventId}&q={new string('x', 255)}");
        Assert.Equal(HttpStatusCode.BadRequest, lengthy.StatusCode);

        await app.ScalarAsync<object>(
            """
            INSERT INTO orders SELECT o.* FROM generate_series(1, 1000) n, orders model, jsonb_populate_record(model,
                jsonb_build_object('id', gen_random_uuid(), 'number', 'X' || n, 'buyer_key', 'ze ' || n, 'drive_after', NULL)) o
            WHERE model.id = $1
            """,
            silent.Id
        );
        await FindsAsync("ze 7");
        await FindsAsync(number, silent);
        await app.ScalarAsync<object>("UPDATE orders SET buyer_key = 'zeca' WHERE id = $1", silent.Id);
        foreach (var query in new[] { "q=ze", "sort=total" })
        {
            using var many = await http.GetAsync($"/api/v1/orders?eventId={eventId}&{query}");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, many.StatusCode);
            Assert.Equal("too-many-found", await Purchase.ProblemAsync(many));
        }

        Purchase Show(string name, string email) =>
            app.NewPurchase(p => (p.EventId, p.OrganizerId, p.Name, p.Email) = (eventId, organizer, name, email));

        async Task FindsAsync(string typed, params Purchase[] expected)
        {
            var page = await http.GetFromJsonAsync<Page<OrderItem>>(
                $"/api/v1/orders?eventId={eventId}&q={Uri.EscapeDataString(typed)}",
                ServiceDefaultsExtensions.Json
            );
            Assert.Equal(expected.Select(p => p.Id).Order(), page!.Items.Select(o => o.Id).Order());
        }
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=101")]
    [InlineData("?cursor=%21%21")]
    [InlineData("?cursor=abc")]
    [InlineData("?status=paidish")]
    public async Task A_bad_query_is_400(string query)
    {
        using var http = app.System.Client(AppIds.Orders, Guid.CreateVersion7());
        using var response = await http.GetAsync("/api/v1/me/orders" + query);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private const string Hold = "\"holdId\":\"01930000-0000-7000-8000-000000000000\"";
    private const string Buyer = "\"buyer\":{\"name\":\"Maria\",\"email\":\"maria@example.com\"}";
    private const string Pix = "\"payment\":{\"method\":\"pix\"}";

    [Theory]
    [InlineData("", 400)]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("{}", 400)]
    [InlineData("{" + Hold + "}", 400)]
    [InlineData("{" + Buyer + "," + Pix + "}", 400)]
    [InlineData("{\"holdId\":\"x\"," + Buyer + "," + Pix + "}", 400)]
    [InlineData("{" + Hold + "," + Buyer + ",\"payment\":{\"method\":\"boleto\"}}", 400)]
    [InlineData("{" + Hold + "," + Buyer + ",\"payment\":{\"method\":0}}", 400)]
    [InlineData("{" + Hold + ",\"buyer\":{\"name\":null,\"email\":\"a@b.c\"}," + Pix + "}", 400)]
    [InlineData("{" + Hold + ",\"buyer\":{\"name\":\"\",\"email\":\"a@b.c\"}," + Pix + "}", 400)]
    [InlineData("{" + Hold + ",\"buyer\":{\"name\":\"Maria\",\"email\":\"nope\"}," + Pix + "}", 400)]
    [InlineData("{" + Hold + "," + Buyer + ",\"locale\":\"de\"," + Pix + "}", 400)]
    [InlineData(
        "{"
            + Hold
            + ","
            + Buyer
            + ",\"products\":[{\"productId\":\"01930000-0000-7000-8000-000000000000\",\"quantity\":0}],"
            + Pix
            + "}",
        400
    )]
    [InlineData(
        "{"
            + Hold
            + ","
            + Buyer
            + ",\"products\":[{\"productId\":\"01930000-0000-7000-8000-000000000000\",\"quantity\":1},{\"productId\":\"01930000-0000-7000-8000-000000000000\",\"quantity\":2}],"
            + Pix
            + "}",
        422
    )]
    [InlineData("{" + Hold + "," + Buyer + ",\"payment\":{\"method\":\"card\"}}", 422)]
    [InlineData("{" + Hold + "," + Buyer + ",\"payment\":{\"method\":\"pix\",\"cardToken\":\"t\"}}", 422)]
    [InlineData(
        "{" + Hold + ",\"buyer\":{\"name\":\"Maria\",\"email\":\"a@b.co\",\"cpf\":\"111.111.111-11\"}," + Pix + "}",
        422
    )]
    [InlineData("{" + Hold + ",\"buyer\":{\"name\":\"Maria\",\"email\":\"Maria <a@b.co>\"}," + Pix + "}", 422)]
    [InlineData("{" + Hold + ",\"buyer\":{\"name\":\"李\",\"email\":\"a@b.co\"}," + Pix + "}", 404)]
    [InlineData("{" + Hold + ",\"buyer\":{\"name\":\"\\u200b\",\"email\":\"a@b.co\"}," + Pix + "}", 400)]
    [InlineData("{" + Hold + ",\"buyer\":{\"name\":\"A\\u2028B\",\"email\":\"a@b.co\"}," + Pix + "}", 400)]
    [InlineData("{" + Hold + ",\"buyer\":{\"name\":\"   \",\"email\":\"a@b.co\"}," + Pix + "}", 400)]
    [InlineData("{" + Hold + ",\"buyer\":{\"name\":\"A\\u0000B\",\"email\":\"a@b.co\"}," + Pix + "}", 400)]
    [InlineData("{" + Hold + "," + Buyer + ",\"attendees\":[null]," + Pix + "}", 422)]
    [InlineData("{" + Hold + "," + Buyer + ",\"products\":[null]," + Pix + "}", 422)]
    [InlineData("{" + Hold + "," + Buyer + ",\"attendees\":[{}]," + Pix + "}", 400)]
    [InlineData("{" + Hold + "," + Buyer + "," + Pix + "}", 404)]
    public async Task Bad_input_is_a_clear_problem(string body, int status)
    {
        using var http = app.System.Client(AppIds.Orders, Guid.CreateVersion7());
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("/api/v1/orders", content);

        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, answer);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(Problems.TypePrefix, JsonDocument.Parse(answer).RootElement.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("payments", "", 400)]
    [InlineData("payments", "{}", 400)]
    [InlineData("payments", "{\"method\":\"card\"}", 422)]
    [InlineData("payments", "{\"method\":\"pix\",\"cardToken\":\"\"}", 400)]
    [InlineData("payments", "{\"method\":\"pix\"}", 409)]
    [InlineData("refunds", "", 409)]
    [InlineData("refunds", "null", 409)]
    [InlineData("refunds", "{\"reason\":1}", 400)]
    [InlineData("refunds", "{\"evenIfUsed\":\"yes\"}", 400)]
    [InlineData("refunds", "[]", 400)]
    [InlineData("cancel", "", 202)]
    public async Task Bad_input_to_an_order_is_a_clear_problem(string action, string body, int status)
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        using var http = buy.Buyer();
        using var content = body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"/api/v1/orders/{buy.Id}/{action}", content);

        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} {answer}");
    }

    [Fact]
    public async Task A_reason_that_is_too_long_is_refused()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        using var response = await buy.SendAsync("refunds", new { reason = new string('x', 201) });
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_total_needs_a_payment_and_more_attendees_than_tickets_are_refused()
    {
        var buy = app.NewPurchase(p => p.Products.Add(new(Guid.CreateVersion7(), "Camiseta", new(7000, "BRL"), 1)));
        using var http = buy.Buyer();
        var buyer = new { name = "Maria", email = "maria@example.com" };
        var products = buy.Products.Select(p => new { p.ProductId, p.Quantity });
        using var unpaid = await http.PostAsJsonAsync(
            "/api/v1/orders",
            new
            {
                holdId = buy.Id,
                buyer,
                products,
            },
            ServiceDefaultsExtensions.Json
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unpaid.StatusCode);
        Assert.Equal(1, buy.Count("POST /internal/holds/*/release"));
        using var crowd = await http.PostAsJsonAsync(
            "/api/v1/orders",
            new
            {
                holdId = buy.Id,
                buyer,
                attendees = Enumerable.Repeat(new { name = "Ana" }, 3),
                payment = new { method = "pix" },
            },
            ServiceDefaultsExtensions.Json
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, crowd.StatusCode);
        // The hold is still good for an order.
        await buy.PlaceAsync();
    }

    [Theory]
    [InlineData("POST /internal/holds/*/attach", 409, "hold-expired")]
    [InlineData("PUT /internal/holds/*", 409, "sold-out")]
    [InlineData("PUT /internal/coupons/redemptions/*", 422, "coupon-invalid")]
    public async Task A_neighbours_refusal_reaches_the_buyer(string call, int status, string code)
    {
        var buy = app.NewPurchase(p =>
            {
                p.Products.Add(new(Guid.CreateVersion7(), "Camiseta", new(7000, "BRL"), 1));
                p.Discount = 100;
            })
            .When(call, () => PeerStub.Problem(status, code));

        using var response = await buy.PostAsync();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(code, await Purchase.ProblemAsync(response));
        Assert.Equal(0, await app.ScalarAsync<long>("SELECT count(*) FROM orders WHERE id = $1", buy.Id));
    }

    [Fact]
    public async Task When_tickets_is_away_the_buyer_may_try_again()
    {
        var away = true;
        var buy = app.NewPurchase()
            .When("POST /internal/holds/*/attach", () => away ? PeerStub.Problem(503, "away") : null);
        using var response = await buy.PostAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        away = false;
        await buy.PlaceAsync();
    }
}
