using Bunit;
using Microsoft.AspNetCore.Http;
using Ticketing.Web.Organizer;

namespace Ticketing.Web.Tests;

/// <summary>An organizer's pages: how much of the API they need, and what they do without.</summary>
public sealed class TeamViewTests : PlayedApi
{
    private static readonly Guid Organizer = Guid.CreateVersion7();
    private static readonly Guid Show = Guid.CreateVersion7();
    private static readonly Guid Session = Guid.CreateVersion7();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var team = new
        {
            id = Organizer,
            name = "Circo",
            role = "owner",
            approved = true,
            fee = new
            {
                percent = 10,
                @fixed = Reais(0),
                passedOn = true,
            },
        };
        Answers["/api/v1/organizers"] = PageOf(team);
        Answers[$"/api/v1/organizers/{Organizer}"] = new { id = Organizer, name = "Circo" };
        Answers["/api/v1/orders/refund-policy"] = new { keepsFee = true };
        Answers["/api/v1/orders/sales"] = new
        {
            items = new[]
            {
                new
                {
                    date = DateOnly.FromDateTime(Now.Date),
                    orders = 2,
                    tickets = 3,
                    gross = Reais(30_000),
                    refundedOrders = 0,
                    refunded = Reais(0),
                },
            },
        };
        Answers["/api/v1/products"] = PageOf(Product("Camiseta", "onSale"), Product("Caneca", "hidden"));
        Answers[$"/api/v1/events/{Show}"] = new
        {
            id = Show,
            slug = "noite",
            title = "Noite",
            description = "Uma noite.",
            category = "concert",
            imageUrl = (string?)null,
            status = "published",
            team,
            cancelReason = (string?)null,
            accentColor = (string?)null,
            organizer = new { id = Organizer, name = "Circo" },
            venue = new
            {
                id = Guid.CreateVersion7(),
                name = "Sala",
                address = "Rua 1",
                city = "Recife",
                state = "PE",
                timeZone = "America/Recife",
            },
            sessions = new[]
            {
                new
                {
                    id = Session,
                    eventId = Show,
                    startsAt = Now.AddDays(9),
                    doorsAt = (DateTimeOffset?)null,
                    endsAt = (DateTimeOffset?)null,
                    cancelled = false,
                    seatMapId = (Guid?)null,
                    maxPerPerson = 4,
                    requiresCpf = false,
                    pools = Array.Empty<object>(),
                    ticketTypes = Array.Empty<object>(),
                    version = 7,
                },
            },
        };
    }

    private static object Product(string name, string status) =>
        new
        {
            id = Guid.CreateVersion7(),
            name,
            description = (string?)null,
            price = Reais(5_000),
            status,
            available = 10,
            maxPerOrder = 4,
            stock = new
            {
                capacity = 12,
                available = 10,
                held = 0,
                sold = 2,
            },
        };

    [Fact]
    public void A_date_with_its_add_ons_is_two_questions_and_is_edited_as_it_was_read()
    {
        var shown = Render<SessionPage>(p =>
            p.Add(s => s.OrganizerId, Organizer).Add(s => s.EventId, Show).Add(s => s.SessionId, Session)
        );
        shown.WaitForElement("h1");

        Assert.Equal(2, Asked.Count);
        Assert.Equal("\"7\"", shown.Find("input[name=tag]").GetAttribute("value"));
        Assert.Contains("2 vendidos, 10 de 12 disponíveis", Words(shown), StringComparison.Ordinal);
        var buttons = shown.FindAll("button.link").Select(b => b.TextContent);
        Assert.Contains("Tirar de venda Camiseta", buttons);
        Assert.Contains("Voltar a vender Caneca", buttons);
    }

    [Fact]
    public void The_profile_with_its_fee_is_three_questions()
    {
        var shown = Render<ProfilePage>(p => p.Add(s => s.OrganizerId, Organizer));
        shown.WaitForElement("#fee");

        Assert.Equal(3, Asked.Count);
        Assert.True(shown.Find("input[name=passedOn]").HasAttribute("checked"));
        Assert.True(shown.Find("input[name=keepsFee]").HasAttribute("checked"));
    }

    [Fact]
    public void Sales_are_shown_while_the_books_do_not_answer()
    {
        Refusals["GET /api/v1/orders/statements"] = Results.StatusCode(503);

        var shown = Render<SalesPage>(p => p.Add(s => s.OrganizerId, Organizer).Add(s => s.EventId, Show));
        shown.WaitForElement("h1");

        Assert.Equal(3, Asked.Count);
        Assert.Contains("R$ 300,00", Words(shown), StringComparison.Ordinal);
        Assert.Contains("O extrato volta daqui a pouco", Words(shown), StringComparison.Ordinal);
    }
}
