using System.Text.Json;
using System.Text.Json.Nodes;
using Bunit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Ticketing.TestKit;
using Ticketing.Web.Buyer;

namespace Ticketing.Web.Tests;

/// <summary>The checkout while a neighbour is away, and of an order that is refused.</summary>
public sealed class CheckoutViewTests : PlayedApi
{
    private static readonly Guid Id = Guid.CreateVersion7();
    private static readonly Guid Show = Guid.CreateVersion7();
    private static readonly Guid Session = Guid.CreateVersion7();
    private static readonly Guid Type = Guid.CreateVersion7();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Answers[$"/api/v1/holds/{Id}"] = new
        {
            id = Id,
            sessionId = Session,
            status = "held",
            expiresAt = Now.AddMinutes(9),
            items = new[]
            {
                new
                {
                    ticketTypeId = Type,
                    name = "Inteira",
                    kind = "full",
                    unitPrice = Reais(10_000),
                    fee = Reais(0),
                    quantity = 1,
                    seats = Array.Empty<object>(),
                },
            },
            session = new
            {
                eventId = Show,
                eventTitle = "Noite",
                venueName = "Sala",
                venueCity = "Recife",
                timeZone = "America/Recife",
                startsAt = Now.AddDays(9),
                maxPerPerson = 4,
                requiresCpf = false,
                accentColor = "#FFEE00",
            },
        };
        Answers["/api/v1/me"] = new
        {
            id = Guid.CreateVersion7(),
            name = "Ana",
            email = "ana@example.com",
            emailVerified = true,
            cpf = (string?)null,
            locale = "pt-BR",
            roles = Array.Empty<string>(),
        };
        Answers["/api/v1/products"] = PageOf();
    }

    private IRenderedComponent<CheckoutPage> Page()
    {
        var shown = Render<CheckoutPage>(p => p.Add(c => c.Id, Id));
        shown.WaitForElement("h1");
        return shown;
    }

    private async Task<IRenderedComponent<CheckoutPage>> OrderAsync(string coupon, params (string, StringValues)[] more)
    {
        Request.Form = new FormCollection(
            new Dictionary<string, StringValues>
            {
                ["_handler"] = "order",
                ["do"] = "order",
                ["buyer-name"] = "Zoé",
                ["buyer-email"] = "zoe@example.com",
                ["coupon"] = coupon,
                ["applied"] = coupon,
                ["method"] = "pix",
            }
                .Concat(more.Select(f => KeyValuePair.Create(f.Item1, f.Item2)))
                .GroupBy(f => f.Key)
                .ToDictionary(f => f.Key, f => f.Last().Value)
        );
        var shown = Page();
        await shown.Find("form[data-totals]").SubmitAsync();
        Assert.NotEmpty(shown.FindAll("[role=alert]"));
        return shown;
    }

    [Theory]
    [InlineData("released", "foram devolvidos")]
    [InlineData("expired", "O tempo passou")]
    public void A_hold_that_is_over_says_how_it_ended(string status, string words)
    {
        Answers[$"/api/v1/holds/{Id}"] = JsonSerializer.SerializeToNode(Answers[$"/api/v1/holds/{Id}"])!.AsObject();
        ((JsonObject)Answers[$"/api/v1/holds/{Id}"])["status"] = status;

        Assert.Contains(words, Words(Page()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_show_that_was_cancelled_meanwhile_blames_no_add_on()
    {
        Refusals["POST /api/v1/orders"] = PeerStub.Problem(409, "session-cancelled");

        Assert.Contains(
            "Esta sessão foi cancelada",
            (await OrderAsync("")).Find("[role=alert]").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_view_asks_three_things_at_most()
    {
        var shown = Page();

        Assert.Contains("Noite", Words(shown), StringComparison.Ordinal);
        Assert.InRange(Asked.Count, 1, 3);
    }

    [Fact]
    public void Tickets_are_sold_also_while_there_are_neither_add_ons_nor_profiles()
    {
        Refusals["GET /api/v1/me"] = Results.StatusCode(500);
        Refusals["GET /api/v1/products"] = Results.StatusCode(500);

        var shown = Page();

        Assert.Equal("", shown.Find("#buyer-name").GetAttribute("value") ?? "");
        Assert.Contains("R$ 100,00", Words(shown), StringComparison.Ordinal);
        Assert.NotEmpty(shown.FindAll("input[name=method]"));
    }

    [Fact]
    public async Task A_refused_order_keeps_its_sentence_and_what_was_typed_and_shows_the_discount_that_is_left()
    {
        Refusals["POST /api/v1/orders"] = PeerStub.Problem(409, "coupon-exhausted");
        Answers[$"/api/v1/events/{Show}/coupons/quote"] = new { discount = Reais(1_500) };

        var shown = await OrderAsync("FOLIA");

        Assert.Contains("R$ 85,00", Words(shown), StringComparison.Ordinal);
        Assert.Equal("Zoé", shown.Find("#buyer-name").GetAttribute("value"));
        Assert.Equal("FOLIA", shown.Find("#coupon").GetAttribute("value"));
        Assert.NotEmpty(shown.Find("[role=alert]").TextContent);
    }

    [Fact]
    public async Task A_coupon_that_was_taken_away_is_a_total_to_look_at_first()
    {
        var shown = await OrderAsync("", ("applied", "FOLIA"));

        Assert.Empty(Sent);
        Assert.Contains(
            "Confira o total sem o cupom",
            shown.Find("[role=alert]").TextContent,
            StringComparison.Ordinal
        );
        Assert.Equal("", shown.Find("input[name=applied]").GetAttribute("value") ?? "");
    }

    [Fact]
    public async Task Nothing_to_pay_needs_no_card()
    {
        Answers[$"/api/v1/events/{Show}/coupons/quote"] = new { discount = Reais(10_000) };
        Refusals["POST /api/v1/orders"] = PeerStub.Problem(409, "sold-out");

        var shown = await OrderAsync("FOLIA", ("method", "card"), ("card", ""), ("card-token", ""));

        Assert.Contains("\"payment\":null", Sent.First(), StringComparison.Ordinal);
        Assert.Empty(shown.FindAll("input[name=method]"));
        Assert.Contains(
            "Cupom−R$ 100,00",
            string.Join(' ', Words(shown).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("sold-out")]
    [InlineData("sale-not-open")]
    [InlineData("product-not-found")]
    public async Task An_add_on_that_is_gone_is_said_and_not_left_out(string refusal)
    {
        Refusals["POST /api/v1/orders"] = PeerStub.Problem(409, refusal);
        var gone = Guid.CreateVersion7();

        var shown = await OrderAsync("", ($"p-{gone}", "2"), ($"p-{Guid.CreateVersion7()}", "0"), ("p-x", "1"));

        var order = Assert.Single(Sent, s => s.StartsWith("POST", StringComparison.Ordinal));
        Assert.Contains($"\"products\":[{{\"productId\":\"{gone}\",\"quantity\":2}}]", order, StringComparison.Ordinal);
        Assert.Contains("Um dos adicionais", shown.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_coupon_that_was_used_up_meanwhile_takes_its_discount_with_it_and_no_more(bool away)
    {
        Refusals["POST /api/v1/orders"] = PeerStub.Problem(409, "coupon-exhausted");
        Refusals[$"POST /api/v1/events/{Show}/coupons/quote"] = away
            ? Results.StatusCode(503)
            : PeerStub.Problem(409, "coupon-exhausted");
        var refused = ProblemWords();

        var shown = await OrderAsync("FOLIA");

        Assert.Contains("R$ 100,00", Words(shown), StringComparison.Ordinal);
        Assert.Equal("Zoé", shown.Find("#buyer-name").GetAttribute("value"));
        Assert.Contains(refused, shown.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        static string ProblemWords() => Language.ProblemSentences.Of("coupon-exhausted");
    }
}
