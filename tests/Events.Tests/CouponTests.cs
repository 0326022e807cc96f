using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CsCheck;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Events.Tests;

public sealed class CouponTests(EventsApp app)
{
    [Fact]
    public async Task A_coupon_is_created_listed_and_edited_by_the_team_alone()
    {
        var ana = await app.Organizer();
        var eventId = await ana.Draft();
        var coupon = await Create(
            ana,
            eventId,
            new
            {
                code = "Samba-10",
                percentOff = 10,
                maxRedemptions = 5,
            }
        );
        Assert.Equal("SAMBA-10", (string)coupon["code"]!);
        var path = $"/api/v1/coupons/{coupon.Id}";

        Assert.Equal([coupon.Id], (await ana.Get($"/api/v1/events/{eventId}/coupons")).Ids);
        await ana.Patch(path, new { maxRedemptions = 9 }, 200, coupon.ETag);
        await ana.Patch(path, new { maxRedemptions = 1 }, 412, coupon.ETag);
        var unlimited = await ana.Patch(path, new { maxRedemptions = (int?)null });
        Assert.Null(unlimited.Body!["maxRedemptions"]);
        Assert.Equal(unlimited.Text, (await ana.Get(path)).Text);

        var again = await ana.Post($"/api/v1/events/{eventId}/coupons", new { code = "SAMBA-10", percentOff = 1 }, 409);
        Assert.Equal("coupon-exists", again.Code);
        var stranger = await app.Organizer();
        await stranger.Get(path, 404);
        await stranger.Patch(path, new { maxRedemptions = 1 }, 404);
        await stranger.Get($"/api/v1/events/{eventId}/coupons", 404);
        await stranger.Post($"/api/v1/events/{eventId}/coupons", new { code = "ABC", percentOff = 1 }, 404);
    }

    [Fact]
    public async Task A_quote_says_what_a_coupon_would_take_off_and_keeps_nothing()
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published();
        var coupons = $"/api/v1/events/{eventId}/coupons";
        await Create(
            ana,
            eventId,
            new
            {
                code = "THIRD",
                percentOff = 33,
                maxRedemptions = 1,
            }
        );
        await Create(ana, eventId, new { code = "FIXED", amountOff = new { amount = 5000, currency = "BRL" } });
        await Create(
            ana,
            eventId,
            new
            {
                code = "LATER",
                percentOff = 10,
                validFrom = EventsApp.InDays(1),
            }
        );
        var buyer = app.Person();
        Task<Answer> Quote(string code, long amount, int status, string currency = "BRL") =>
            buyer.Post(coupons + "/quote", new { code, subtotal = new { amount, currency } }, status);
        async Task<long> Off(string code, long amount) => (long)(await Quote(code, amount, 200))["discount"]["amount"]!;

        Assert.Equal(3299, await Off(" third ", 9999));
        Assert.Equal(5000, await Off("FIXED", 9999));
        Assert.Equal(1200, await Off("FIXED", 1200));
        Assert.Equal(0, await Off("THIRD", 0));
        Assert.Equal("coupon-invalid", (await Quote("NONE", 100, 422)).Code);
        Assert.Equal("coupon-invalid", (await Quote("LATER", 100, 422)).Code);
        Assert.Equal("coupon-invalid", (await Quote("FIXED", 100, 422, "USD")).Code);
        await Quote("THIRD", -1, 422);
        await Quote("", 1, 400);
        await Quote(new string('A', 41), 1, 400);
        await app.Anonymous.Post(
            coupons + "/quote",
            new { code = "THIRD", subtotal = new { amount = 1, currency = "BRL" } },
            401
        );
        // However often it was asked for, the only one is there, and then it is not.
        Assert.Equal(3299, (await Redeem(Guid.CreateVersion7(), eventId, "THIRD", 9999)).Amount);
        Assert.Equal("coupon-exhausted", (await Quote("THIRD", 9999, 409)).Code);
        // Of a show that is not on sale nobody knows.
        var draft = await ana.Draft();
        await Create(ana, draft, new { code = "DRAFT", percentOff = 10 });
        await buyer.Post(
            $"/api/v1/events/{draft}/coupons/quote",
            new { code = "DRAFT", subtotal = new { amount = 1, currency = "BRL" } },
            422
        );
    }

    [Theory]
    [InlineData("""{"code":"AB","percentOff":10}""", 400, "code")]
    [InlineData("""{"code":"A B C","percentOff":10}""", 400, "code")]
    [InlineData("""{"code":"ABC"}""", 422, "percentOff")]
    [InlineData("""{"code":"ABC","percentOff":0}""", 400, "percentOff")]
    [InlineData("""{"code":"ABC","percentOff":101}""", 400, "percentOff")]
    [InlineData("""{"code":"ABC","percentOff":1,"amountOff":{"amount":1,"currency":"BRL"}}""", 422, "percentOff")]
    [InlineData("""{"code":"ABC","amountOff":{"amount":0,"currency":"BRL"}}""", 422, "amountOff.amount")]
    [InlineData("""{"code":"ABC","amountOff":{"amount":-1,"currency":"BRL"}}""", 422, "amountOff.amount")]
    [InlineData("""{"code":"ABC","amountOff":{"amount":1,"currency":"XXX"}}""", 422, "amountOff.currency")]
    [InlineData("""{"code":"ABC","amountOff":{"amount":1,"currency":"USD"}}""", 422, "amountOff.currency")]
    [InlineData("""{"code":"ABC","percentOff":10,"maxRedemptions":0}""", 400, "maxRedemptions")]
    [InlineData(
        """{"code":"ABC","percentOff":10,"validFrom":"2030-01-02T00:00:00Z","validUntil":"2030-01-01T00:00:00Z"}""",
        422,
        "validUntil"
    )]
    public async Task A_bad_coupon_is_refused_by_name(string body, int status, string field)
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published();

        var refused = await ana.Post($"/api/v1/events/{eventId}/coupons", body, status);

        Assert.Equal([field], refused.ErrorFields);
    }

    [Fact]
    public async Task A_redemption_is_once_an_order_and_can_be_given_back()
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published();
        var coupon = await Create(
            ana,
            eventId,
            new
            {
                code = "UMA",
                percentOff = 15,
                maxRedemptions = 1,
            }
        );
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        Assert.Equal(new Money(1499, "BRL"), await Redeem(first, eventId, " uma ", 9999));
        Assert.Equal(new Money(1499, "BRL"), await Redeem(first, eventId, "UMA", 9999));
        Assert.Equal("coupon-exhausted", await Refused(second, eventId, "UMA", 409));
        Assert.Equal(1, (int)(await ana.Get($"/api/v1/coupons/{coupon.Id}"))["redeemed"]!);

        Assert.Equal(HttpStatusCode.NoContent, await GiveBack(first));
        Assert.Equal(HttpStatusCode.NoContent, await GiveBack(first));
        Assert.Equal(HttpStatusCode.NoContent, await GiveBack(Guid.CreateVersion7()));
        Assert.Equal(0, (int)(await ana.Get($"/api/v1/coupons/{coupon.Id}"))["redeemed"]!);
        Assert.Equal(new Money(1499, "BRL"), await Redeem(second, eventId, "UMA", 9999));
    }

    /// <summary>Who gives a redemption back may look before it is there, and write when it is.</summary>
    [Fact]
    public async Task A_redemption_given_back_while_it_is_first_made_counts_right()
    {
        var (eventId, path, ana) = await Coupon("AMBOS", percentOff: 10, maxRedemptions: 1_000);
        var orders = Enumerable.Range(0, 300).Select(_ => Guid.CreateVersion7()).ToList();
        await Parallel.ForEachAsync(
            orders,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (order, _) =>
            {
                var made = Redeem(order, eventId, "AMBOS", 1_000);
                await Task.WhenAll([made, .. Enumerable.Range(0, 6).Select(_ => GiveBack(order))]);
            }
        );

        foreach (var order in orders)
            await GiveBack(order);

        Assert.Equal(0, await Counted(ana, path));
    }

    [Fact]
    public async Task An_amount_never_takes_more_than_the_tickets_cost()
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published();
        await Create(ana, eventId, new { code = "CINQUENTA", amountOff = new Money(5000, "BRL") });

        Assert.Equal(5000, (await Redeem(Guid.CreateVersion7(), eventId, "CINQUENTA", 9000)).Amount);
        Assert.Equal(3000, (await Redeem(Guid.CreateVersion7(), eventId, "CINQUENTA", 3000)).Amount);
        Assert.Equal(0, (await Redeem(Guid.CreateVersion7(), eventId, "CINQUENTA", 0)).Amount);
    }

    [Fact]
    public async Task A_coupon_of_another_event_or_time_or_currency_is_invalid()
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published();
        var (other, _, _) = await ana.Published();
        await Create(ana, eventId, new { code = "AGORA", percentOff = 10 });
        await Create(
            ana,
            eventId,
            new
            {
                code = "FUTURO",
                percentOff = 10,
                validFrom = EventsApp.InDays(1),
            }
        );
        await Create(
            ana,
            eventId,
            new
            {
                code = "PASSADO",
                percentOff = 10,
                validUntil = EventsApp.InDays(-1),
            }
        );
        await Create(ana, eventId, new { code = "REAIS", amountOff = new Money(100, "BRL") });

        Assert.Equal("coupon-invalid", await Refused(Guid.CreateVersion7(), other, "AGORA", 422));
        Assert.Equal("coupon-invalid", await Refused(Guid.CreateVersion7(), eventId, "FUTURO", 422));
        Assert.Equal("coupon-invalid", await Refused(Guid.CreateVersion7(), eventId, "PASSADO", 422));
        Assert.Equal("coupon-invalid", await Refused(Guid.CreateVersion7(), eventId, "NADA", 422));
        Assert.Equal("coupon-invalid", await Refused(Guid.CreateVersion7(), eventId, "REAIS", 422, "USD"));
    }

    [Fact]
    public async Task Of_many_orders_after_the_last_redemptions_as_many_get_one_as_there_are()
    {
        const int Orders = 24;
        const int Redemptions = 5;
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published();
        var coupon = await Create(
            ana,
            eventId,
            new
            {
                code = "CORRIDA",
                percentOff = 10,
                maxRedemptions = Redemptions,
            }
        );

        var answers = await Task.WhenAll(
            Enumerable.Range(0, Orders).Select(_ => Put(Guid.CreateVersion7(), eventId, "CORRIDA", 100))
        );

        Assert.Equal(Redemptions, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(Orders - Redemptions, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(Redemptions, (int)(await ana.Get($"/api/v1/coupons/{coupon.Id}"))["redeemed"]!);
    }

    [Fact]
    public async Task One_order_that_asks_and_gives_back_many_times_at_once_counts_right()
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published();
        var coupon = await Create(
            ana,
            eventId,
            new
            {
                code = "REPETE",
                percentOff = 10,
                maxRedemptions = 1,
            }
        );
        var orderId = Guid.CreateVersion7();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Put(orderId, eventId, "REPETE", 100)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal(1, (int)(await ana.Get($"/api/v1/coupons/{coupon.Id}"))["redeemed"]!);

        var given = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => GiveBack(orderId)));
        Assert.All(given, a => Assert.Equal(HttpStatusCode.NoContent, a));
        Assert.Equal(0, (int)(await ana.Get($"/api/v1/coupons/{coupon.Id}"))["redeemed"]!);
    }

    [Fact]
    public async Task Only_the_sidecar_redeems()
    {
        using var direct = app.System.Client(AppIds.Events, Guid.CreateVersion7());

        var answer = await direct.PutAsJsonAsync(
            $"/internal/coupons/redemptions/{Guid.CreateVersion7()}",
            new RedeemCoupon(Guid.CreateVersion7(), "X", new(1, "BRL"))
        );

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_discount_is_never_negative_nor_more_than_the_subtotal()
    {
        var subtotals = Gen.Long[0, long.MaxValue].Array[200];
        await Gen.Select(subtotals, Gen.Int[1, 100].Array[200], Gen.Long[1, long.MaxValue].Array[200])
            .SampleAsync(
                async (subtotal, percent, off) =>
                {
                    await using var source = NpgsqlDataSource.Create(app.System.Database("events"));
                    await using var command = source.CreateCommand(
                        """
                        SELECT coupon_discount(percent, NULL, subtotal), coupon_discount(NULL, off, subtotal)
                        FROM unnest($1, $2, $3) AS x (subtotal, percent, off)
                        """
                    );
                    command.Add(subtotal);
                    command.Add(percent);
                    command.Add(off);
                    await using var row = await command.ExecuteReaderAsync();
                    for (var i = 0; await row.ReadAsync(); i++)
                    {
                        var discount = row.GetInt64(0);
                        Assert.InRange(discount, 0, subtotal[i]);
                        Assert.True(percent[i] < 100 || discount == subtotal[i]);
                        Assert.True((Int128)discount * 100 <= (Int128)subtotal[i] * percent[i]);
                        Assert.True((Int128)(discount + 1) * 100 > (Int128)subtotal[i] * percent[i]);
                        Assert.Equal(Math.Min(subtotal[i], off[i]), row.GetInt64(1));
                    }
                },
                iter: 5
            );
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

    // What each request makes of the redemption of a coupon of one, in each state: its answer, and what is counted then.
    [Theory]
    [InlineData(State.Unknown, "commit", "redemption-not-found", 0)]
    [InlineData(State.Held, "commit", "", 1)]
    [InlineData(State.Expired, "commit", "", 1)]
    [InlineData(State.Released, "commit", "", 1)]
    [InlineData(State.Committed, "commit", "", 1)]
    [InlineData(State.Voided, "commit", "redemption-voided", 0)]
    [InlineData(State.Unknown, "give back", "", 0)]
    [InlineData(State.Held, "give back", "", 0)]
    [InlineData(State.Expired, "give back", "", 0)]
    [InlineData(State.Released, "give back", "", 0)]
    [InlineData(State.Committed, "give back", "", 0)]
    [InlineData(State.Voided, "give back", "", 0)]
    [InlineData(State.Unknown, "redeem", "", 1)]
    [InlineData(State.Held, "redeem", "", 1)]
    [InlineData(State.Expired, "redeem", "", 1)]
    [InlineData(State.Released, "redeem", "", 1)]
    [InlineData(State.Committed, "redeem", "", 1)]
    [InlineData(State.Voided, "redeem", "redemption-committed", 0)]
    public async Task Every_request_in_every_state(State state, string step, string problem, int counted)
    {
        var (eventId, path, ana) = await Coupon("UMA", percentOff: 10, maxRedemptions: 1);
        var order = Guid.CreateVersion7();
        if (state != State.Unknown)
            await Redeem(order, eventId, "UMA", 1_000, state == State.Expired ? 1 : 600);
        if (state == State.Expired)
            await Eventually.TrueAsync(async () => await Counted(ana, path) == 0);
        if (state is State.Committed or State.Voided)
            Assert.Equal(HttpStatusCode.NoContent, (await Commit(order)).StatusCode);
        if (state is State.Released or State.Voided)
            Assert.Equal(HttpStatusCode.NoContent, await GiveBack(order));

        for (var repeat = 0; repeat < 2; repeat++)
        {
            using var http = app.Peer;
            using var response = step switch
            {
                "commit" => await Commit(order),
                "redeem" => await Put(order, eventId, "UMA", 1_000),
                _ => await http.DeleteAsync($"/internal/coupons/redemptions/{order}"),
            };
            if (problem.Length > 0)
                Assert.Equal(problem, await CodeOf(response, problem == "redemption-not-found" ? 404 : 409));
            else
                Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
            Assert.Equal(counted, await Counted(ana, path));
        }
    }

    [Fact]
    public async Task What_a_crash_left_behind_goes_to_the_next()
    {
        var (eventId, _, _) = await Coupon("UMA", percentOff: 10, maxRedemptions: 1);
        var late = Guid.CreateVersion7();
        await Redeem(late, eventId, "UMA", 1_000, 1);

        var next = Guid.CreateVersion7();
        await Eventually.TrueAsync(async () =>
            (await Put(next, eventId, "UMA", 1_000)).StatusCode == HttpStatusCode.OK
        );

        Assert.Equal("coupon-exhausted", await Refused(late, eventId, "UMA", 409));
        // Paid after all: the discount was promised.
        Assert.Equal(HttpStatusCode.NoContent, (await Commit(late)).StatusCode);
    }

    [Fact]
    public async Task Another_code_is_decided_anew_and_gives_the_first_back()
    {
        var (eventId, first, ana) = await Coupon("DEZ", percentOff: 10, maxRedemptions: 1);
        var second = $"/api/v1/coupons/{(await Create(ana, eventId, new { code = "VINTE", percentOff = 20 })).Id}";
        var order = Guid.CreateVersion7();

        Assert.Equal(100, (await Redeem(order, eventId, "DEZ", 1_000)).Amount);
        Assert.Equal("coupon-invalid", await Refused(order, eventId, "NADA", 422));
        Assert.Equal(200, (await Redeem(order, eventId, "VINTE", 1_000)).Amount);
        Assert.Equal((0, 1), (await Counted(ana, first), await Counted(ana, second)));
        await Redeem(Guid.CreateVersion7(), eventId, "DEZ", 1_000);
        Assert.Equal("coupon-exhausted", await Refused(order, eventId, "DEZ", 409));
        Assert.Equal((1, 1), (await Counted(ana, first), await Counted(ana, second)));

        await Commit(order);
        Assert.Equal("redemption-committed", await Refused(order, eventId, "DEZ", 409));
    }

    [Fact]
    public async Task A_repeat_renews_the_lease_and_never_shortens_it_also_of_a_coupon_that_ended_meanwhile()
    {
        var (eventId, path, ana) = await Coupon("DEZ", percentOff: 10, maxRedemptions: 1);
        var order = Guid.CreateVersion7();
        var first = await Lease(order, eventId, 600);
        await ana.Patch(path, new { validUntil = EventsApp.InDays(-1) });

        var longer = await Lease(order, eventId, 1_200);
        Assert.True(longer >= first.AddSeconds(600));
        Assert.Equal(longer, await Lease(order, eventId, 1));

        async Task<DateTimeOffset> Lease(Guid order, Guid eventId, int seconds)
        {
            using var response = await Put(order, eventId, "DEZ", 1_000, leaseSeconds: seconds);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return (await response.Content.ReadFromJsonAsync<CouponRedemption>(ServiceDefaultsExtensions.Json))!
                .ExpiresAt!
                .Value;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public async Task A_lease_has_its_limits(int seconds)
    {
        var (eventId, _, _) = await Coupon("DEZ", percentOff: 10, maxRedemptions: 1);
        using var response = await Put(Guid.CreateVersion7(), eventId, "DEZ", 1_000, leaseSeconds: seconds);
        Assert.Equal("invalid", await CodeOf(response, 422));
    }

    /// <summary>Whoever moves a redemption meets whoever moves another one, or the same, of the same coupons.</summary>
    [Fact]
    public async Task No_two_movers_deadlock_and_the_count_is_what_the_orders_hold()
    {
        const int Rounds = 15;
        var (eventId, first, ana) = await Coupon("DEZ", percentOff: 10, maxRedemptions: 8);
        var second = $"/api/v1/coupons/{(await Create(ana, eventId, new { code = "VINTE", percentOff = 20 })).Id}";
        var orders = Enumerable.Range(0, 6).Select(_ => Guid.CreateVersion7()).ToArray();
        await using var source = NpgsqlDataSource.Create(app.System.Database("events"));
        var before = await DeadlocksAsync();
        Func<Guid, Task<int>>[] movers =
        [
            async order => (int)(await Put(order, eventId, "DEZ", 1_000, leaseSeconds: 1)).StatusCode,
            async order => (int)(await Put(order, eventId, "VINTE", 1_000, leaseSeconds: 1)).StatusCode,
            async order => (int)(await Commit(order)).StatusCode,
            async order => (int)await GiveBack(order),
            async _ => (await ana.Patch(first, new { maxRedemptions = 8 })).Status,
            async _ =>
            {
                await source.CreateCommand("SELECT expire_redemptions(500)").ExecuteNonQueryAsync();
                return 200;
            },
        ];

        foreach (var one in movers)
        foreach (var other in movers)
        {
            var answers = await Task.WhenAll(
                Enumerable.Range(0, Rounds).SelectMany(i => new[] { one(orders[i % 6]), other(orders[(i + 1) % 6]) })
            );
            Assert.All(answers, a => Assert.Contains(a, new[] { 200, 204, 404, 409 }));
        }

        Assert.Equal(before, await DeadlocksAsync());
        await using var command = source.CreateCommand(
            """
            SELECT count(*) FROM coupons c WHERE redeemed <> (SELECT count(*) FROM coupon_redemptions r
                WHERE r.coupon_id = c.id AND r.state IN ('Held', 'Committed'))
            """
        );
        await Eventually.TrueAsync(async () => (long)(await command.ExecuteScalarAsync())! == 0);

        async Task<long> DeadlocksAsync() =>
            (long)
                (
                    await source
                        .CreateCommand("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
                        .ExecuteScalarAsync()
                )!;
    }

    private async Task<(Guid EventId, string Path, Person Owner)> Coupon(
        string code,
        int percentOff,
        int maxRedemptions
    )
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published();
        var coupon = await Create(
            ana,
            eventId,
            new
            {
                code,
                percentOff,
                maxRedemptions,
            }
        );
        return (eventId, $"/api/v1/coupons/{coupon.Id}", ana);
    }

    private static async Task<int> Counted(Person owner, string path) => (int)(await owner.Get(path))["redeemed"]!;

    private async Task<HttpResponseMessage> Commit(Guid orderId)
    {
        using var http = app.Peer;
        return await http.PostAsync($"/internal/coupons/redemptions/{orderId}/commit", null);
    }

    private static Task<Answer> Create(Person owner, Guid eventId, object coupon) =>
        owner.Post($"/api/v1/events/{eventId}/coupons", coupon, 201);

    private async Task<Money> Redeem(Guid orderId, Guid eventId, string code, long subtotal, int leaseSeconds = 600)
    {
        using var response = await Put(orderId, eventId, code, subtotal, leaseSeconds: leaseSeconds);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<CouponRedemption>(ServiceDefaultsExtensions.Json))!.Discount;
    }

    private async Task<string> Refused(Guid orderId, Guid eventId, string code, int status, string currency = "BRL")
    {
        using var response = await Put(orderId, eventId, code, 9999, currency);
        return await CodeOf(response, status);
    }

    private static async Task<string> CodeOf(HttpResponseMessage response, int status)
    {
        Assert.Equal(status, (int)response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        return problem.GetProperty("type").GetString()!.Replace(Problems.TypePrefix, "");
    }

    private async Task<HttpResponseMessage> Put(
        Guid orderId,
        Guid eventId,
        string code,
        long subtotal,
        string currency = "BRL",
        int leaseSeconds = 600
    )
    {
        using var http = app.Peer;
        return await http.PutAsJsonAsync(
            $"/internal/coupons/redemptions/{orderId}",
            new RedeemCoupon(eventId, code, new(subtotal, currency), leaseSeconds),
            ServiceDefaultsExtensions.Json
        );
    }

    private async Task<HttpStatusCode> GiveBack(Guid orderId)
    {
        using var http = app.Peer;
        using var response = await http.DeleteAsync($"/internal/coupons/redemptions/{orderId}");
        return response.StatusCode;
    }
}
