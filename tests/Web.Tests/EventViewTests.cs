using System.Text.Json.Nodes;
using Bunit;
using Microsoft.AspNetCore.Components.Web;
using Ticketing.Web.Buyer;

namespace Ticketing.Web.Tests;

/// <summary>An event as people and search engines read it.</summary>
public sealed class EventViewTests : PlayedApi
{
    private static readonly Guid Session = Guid.CreateVersion7();

    private IRenderedComponent<EventPage> Page(
        string description = "",
        DateTimeOffset? opens = null,
        DateTimeOffset? closes = null,
        string left = "available"
    )
    {
        Answers["/api/v1/events/noite"] = new
        {
            id = Session,
            slug = "noite",
            title = "Noite",
            description,
            category = "music",
            status = "published",
            organizer = new { id = Session, name = "Circo" },
            venue = new
            {
                id = Session,
                name = "Sala",
                address = "Rua 1",
                city = "Belém",
                state = "PA",
                timeZone = "America/Belem",
            },
            sessions = new[]
            {
                new
                {
                    id = Session,
                    eventId = Session,
                    cancelled = false,
                    requiresCpf = false,
                    // Half past ten at night there.
                    startsAt = new DateTimeOffset(2026, 12, 13, 1, 30, 0, TimeSpan.Zero),
                    maxPerPerson = 4,
                    pools = Array.Empty<object>(),
                    ticketTypes = new[]
                    {
                        new
                        {
                            id = Session,
                            poolId = Session,
                            name = "Inteira",
                            kind = "full",
                            price = Reais(10_000),
                            salesStart = opens,
                            salesEnd = closes,
                            maxPerOrder = 4,
                            fee = Reais(0),
                        },
                    },
                },
            },
        };
        Answers[$"/api/v1/sessions/{Session}/availability"] = new
        {
            sessionId = Session,
            maxPerPerson = 4,
            ticketTypes = new[]
            {
                new
                {
                    id = Session,
                    name = "Inteira",
                    kind = "full",
                    price = Reais(10_000),
                    fee = Reais(0),
                    maxPerOrder = 4,
                    seated = false,
                    available = 1,
                    status = left,
                },
            },
        };
        var shown = Render<EventPage>(p => p.Add(e => e.Slug, "noite"));
        shown.WaitForElement("h1");
        return shown;
    }

    /// <summary>What stands in the page's head.</summary>
    private IRenderedComponent<HeadOutlet> Head(string description = "", string left = "available")
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var head = Render<HeadOutlet>();
        Page(description, left: left);
        head.WaitForElement("script");
        return head;
    }

    public static readonly TheoryData<string> Unbroken =
    [
        new string('━', 300),
        "A" + string.Concat(Enumerable.Repeat("😀", 150)),
        string.Concat(Enumerable.Repeat("😀", 150)),
        " " + new string('x', 250),
        "https://example.com/" + new string('x', 400) + " e mais",
        string.Join(' ', Enumerable.Repeat("palavra", 60)),
    ];

    [Theory]
    [MemberData(nameof(Unbroken))]
    public void A_text_of_any_script_is_shortened_between_its_letters(string description)
    {
        var summary = Head(description).Find("meta[name=description]").GetAttribute("content")!;

        Assert.InRange(summary.Length, 2, 201);
        Assert.EndsWith("…", summary, StringComparison.Ordinal);
        Assert.StartsWith(summary[..^1], description.Trim(), StringComparison.Ordinal);
        Assert.False(char.IsHighSurrogate(summary[^2]));
    }

    [Theory]
    [InlineData("available", "InStock")]
    [InlineData("soldOut", "SoldOut")]
    public void Search_engines_read_the_venues_clock_and_what_is_left(string left, string availability)
    {
        var data = JsonNode.Parse(Head(left: left).Find("script").TextContent)![0]!;

        Assert.Equal("2026-12-12T22:30:00-03:00", (string?)data["startDate"]);
        Assert.Equal($"https://schema.org/{availability}", (string?)data["offers"]![0]!["availability"]);
    }

    [Fact]
    public void Before_a_sale_opens_it_says_when_and_leads_nowhere()
    {
        var shown = Page(opens: Now.AddDays(1));

        Assert.Contains("À venda a partir de seg., 30 nov. 2026 · 12h00", Words(shown), StringComparison.Ordinal);
        Assert.Contains("horário de Belém", Words(shown), StringComparison.Ordinal);
        Assert.Empty(shown.FindAll(".date .button"));
    }

    [Fact]
    public void A_price_that_is_over_is_said_to_be()
    {
        var shown = Page(closes: Now.AddDays(-1));

        Assert.Contains("vendas encerradas", shown.Find(".prices").TextContent, StringComparison.Ordinal);
    }
}
