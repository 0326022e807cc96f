using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CsCheck;
using Ticketing.Contracts;
using Ticketing.Events.Coupons;
using Ticketing.ServiceDefaults;

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
    public void A_discount_is_never_negative_nor_more_than_the_subtotal()
    {
        var subtotals = Gen.Long[0, long.MaxValue];
        Gen.Select(subtotals, Gen.Int[1, 100])
            .Sample(
                (subtotal, percent) =>
                {
                    var discount = Of(percent, null).Discount(new(subtotal, "BRL")).Amount;
                    return discount >= 0
                        && discount <= subtotal
                        && (percent < 100 || discount == subtotal)
                        && (Int128)discount * 100 <= (Int128)subtotal * percent
                        && (Int128)(discount + 1) * 100 > (Int128)subtotal * percent;
                }
            );
        Gen.Select(subtotals, Gen.Long[1, long.MaxValue])
            .Sample(
                (subtotal, off) =>
                    Of(null, off).Discount(new(subtotal, "BRL")) == new Money(Math.Min(subtotal, off), "BRL")
            );
    }

    private static Coupon Of(int? percent, long? off) =>
        new()
        {
            EventId = Guid.CreateVersion7(),
            Code = "X",
            PercentOff = percent,
            AmountOff = off,
        };

    private static Task<Answer> Create(Person owner, Guid eventId, object coupon) =>
        owner.Post($"/api/v1/events/{eventId}/coupons", coupon, 201);

    private async Task<Money> Redeem(Guid orderId, Guid eventId, string code, long subtotal)
    {
        using var response = await Put(orderId, eventId, code, subtotal);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<CouponRedemption>(ServiceDefaultsExtensions.Json))!.Discount;
    }

    private async Task<string> Refused(Guid orderId, Guid eventId, string code, int status, string currency = "BRL")
    {
        using var response = await Put(orderId, eventId, code, 9999, currency);
        Assert.Equal(status, (int)response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        return problem.GetProperty("type").GetString()!.Replace(Problems.TypePrefix, "");
    }

    private async Task<HttpResponseMessage> Put(
        Guid orderId,
        Guid eventId,
        string code,
        long subtotal,
        string currency = "BRL"
    )
    {
        using var http = app.Peer;
        return await http.PutAsJsonAsync(
            $"/internal/coupons/redemptions/{orderId}",
            new RedeemCoupon(eventId, code, new(subtotal, currency)),
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
