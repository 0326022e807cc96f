using Bunit;
using Ticketing.Contracts;
using Ticketing.TestKit;
using Ticketing.Web.Buyer;

namespace Ticketing.Web.Tests;

/// <summary>An order in the states that its buyer may find it in.</summary>
public sealed class OrderViewTests : PlayedApi
{
    private static readonly Guid Id = Guid.CreateVersion7();
    private static readonly Guid Mine = Guid.CreateVersion7();
    private static readonly Guid Given = Guid.CreateVersion7();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Answers["/api/v1/tickets"] = PageOf(Held("/api/v1/tickets/pdf?new=1"));
    }

    private static object Held(string pdf) =>
        new
        {
            id = Mine,
            number = "A1",
            status = "valid",
            eventId = Id,
            eventTitle = "Noite",
            sessionId = Id,
            startsAt = Now.AddDays(9),
            sessionCancelled = false,
            venueName = "Sala",
            venueCity = "Recife",
            timeZone = "America/Recife",
            ticketTypeName = "Inteira",
            kind = "full",
            holderName = "Ana",
            pdfPath = pdf,
        };

    private static object Ticket(Guid id, string number) =>
        new
        {
            id,
            number,
            ticketTypeName = "Inteira",
            holderName = "Ana",
            pdfPath = $"/api/v1/tickets/pdf?old={number}",
            refunded = false,
        };

    private IRenderedComponent<OrderPage> Page(
        string status,
        object? refund = null,
        object? dispute = null,
        string? cancelReason = null,
        string payment = "settled",
        bool moved = false,
        long total = 20_000,
        params object[] partialRefunds
    )
    {
        Answers[$"/api/v1/orders/{Id}"] = new
        {
            id = Id,
            number = "TK-1",
            status,
            eventId = Id,
            eventTitle = "Noite",
            sessionId = Id,
            startsAt = Now.AddDays(9),
            venueName = "Sala",
            venueCity = "Recife",
            timeZone = "America/Recife",
            buyer = new { name = "Ana", email = "ana@example.com" },
            lines = Array.Empty<object>(),
            discount = Reais(0),
            fee = Reais(0),
            total = Reais(total),
            placedAt = Now.AddDays(-1),
            expiresAt = Now.AddDays(-1),
            rescheduledAt = moved ? Now.AddHours(-1) : (DateTimeOffset?)null,
            cancelReason,
            refundableUntil = refund is null && status == "fulfilled" ? Now.AddDays(7) : (DateTimeOffset?)null,
            refund,
            dispute,
            payment = new
            {
                attempt = 1,
                method = "pix",
                status = payment,
            },
            tickets = status is "fulfilled" or "refunded"
                ? new[] { Ticket(Mine, "A1"), Ticket(Given, "A2") }
                : Array.Empty<object>(),
            partialRefunds,
        };
        var shown = Render<OrderPage>(p => p.Add(o => o.Id, Id));
        shown.WaitForElement("h1");
        return shown;
    }

    private static object Refund(bool completed, string reason = "buyer") =>
        new
        {
            requestedAt = Now.AddHours(-1),
            reason,
            completed,
        };

    [Theory]
    [InlineData("fulfilled", "Reembolso a caminho")]
    [InlineData("refunded", "Pedido reembolsado")]
    public void What_was_given_back_opens_nothing_and_is_followed_to_its_end(string status, string title)
    {
        var shown = Page(status, Refund(completed: status == "refunded"));

        Assert.Equal(title, shown.Find("h1").TextContent);
        Assert.Equal(2, shown.FindAll(".ticket-row .tag").Count(t => t.TextContent == "Sem validade"));
        Assert.Empty(shown.FindAll(".ticket-row a"));
        Assert.Equal(status == "fulfilled" ? 1 : 0, shown.FindAll("[data-wait]").Count);
        Assert.DoesNotContain("provedor de pagamento", Words(shown), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_event_is_named_as_the_reason()
    {
        var paid = Words(Page("fulfilled", Refund(completed: false, "event-cancelled")));
        Assert.Contains("Este evento foi cancelado", paid, StringComparison.Ordinal);
        Assert.DoesNotContain("Nada foi cobrado", paid, StringComparison.Ordinal);

        var unpaid = Page("cancelled", cancelReason: "event-cancelled", payment: "cancelled");
        Assert.Contains("Nada foi cobrado", Words(unpaid), StringComparison.Ordinal);
        Assert.DoesNotContain("Tentar de novo", Words(unpaid), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bank_that_looks_into_it_is_said_first() =>
        Assert.Equal("Pagamento em análise", Page("fulfilled", dispute: new { state = "open" }).Find("h1").TextContent);

    [Theory]
    [InlineData("expired", "settled", "sem precisar pedir")]
    [InlineData("refunded", "settled", "o dinheiro voltou")]
    [InlineData("expired", "cancelled", null)]
    public void Money_that_came_too_late_is_told_of(string status, string payment, string? words)
    {
        var shown = Words(Page(status, payment: payment));

        Assert.Equal(words is not null, shown.Contains(words ?? "chegou depois do prazo", StringComparison.Ordinal));
    }

    [Fact]
    public void A_show_that_was_moved_says_so_and_until_when_it_can_be_given_back()
    {
        var shown = Page("fulfilled", moved: true);

        Assert.Contains("peça o reembolso abaixo até dom., 6 dez.", Words(shown), StringComparison.Ordinal);
        Assert.True(shown.Find("details.rules").HasAttribute("open"));
    }

    [Fact]
    public void A_ticket_that_somebody_else_has_leads_nowhere_and_a_new_code_to_its_own_file()
    {
        var shown = Page("fulfilled");

        Assert.Equal("Tudo certo. Bom evento!", shown.Find("h1").TextContent);
        var rows = shown.FindAll(".ticket-row");
        Assert.Equal("/api/v1/tickets/pdf?new=1", rows[0].QuerySelector(".quiet")!.GetAttribute("href"));
        Assert.Equal("Com outra pessoa", rows[1].QuerySelector(".tag")!.TextContent);
        Assert.InRange(Asked.Count, 1, 3);
    }

    [Fact]
    public void All_that_went_back_is_in_the_sum()
    {
        var part = new
        {
            id = Guid.CreateVersion7(),
            reason = "organizer",
            ticketIds = Array.Empty<Guid>(),
            products = Array.Empty<object>(),
            requestedAt = Now.AddDays(-1),
            amount = Reais(5_000),
            completed = true,
        };

        var left = Page("fulfilled", partialRefunds: part);
        Assert.Contains("Devolvido−R$ 50,00", Words(left), StringComparison.Ordinal);
        Assert.Contains("receber R$ 150,00", Words(left), StringComparison.Ordinal);
        var all = Page("refunded", Refund(completed: true), partialRefunds: part);
        Assert.Contains("Devolvido−R$ 200,00", Words(all), StringComparison.Ordinal);
        Assert.DoesNotContain("Devolvido−", Words(Page("fulfilled")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fulfilled", false)]
    [InlineData("refunded", true)]
    public void What_was_free_speaks_of_no_money(string status, bool refunded)
    {
        var shown = Page(status, refunded ? Refund(completed: true) : null, total: 0);

        Assert.Contains("evolv", Words(shown), StringComparison.Ordinal);
        foreach (var word in new[] { "dinheiro", "mesmo meio", "receber R$", "Devolvido−", "eembolso" })
            Assert.DoesNotContain(word, Words(shown), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tok_approve\nX-Role: admin")]
    [InlineData("tok_aprovação")]
    public async Task Whatever_a_card_field_says_goes_to_the_API_and_into_no_header(string card)
    {
        Answers[$"/api/v1/orders/{Id}/payments"] = new { };
        Request.Form = new Microsoft.AspNetCore.Http.FormCollection(
            new()
            {
                ["_handler"] = "retry",
                ["attempt"] = "1",
                ["method"] = "card",
                ["card"] = card,
            }
        );

        var shown = Page("awaitingPayment", payment: "failed");
        await shown.Find("form.form").SubmitAsync();

        Assert.Contains(Sent, s => s.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public void All_given_away_or_Tickets_silent_is_an_order_all_the_same()
    {
        Refusals["GET /api/v1/tickets"] = PeerStub.Problem(410, "voided");
        Assert.Equal(2, Page("fulfilled").FindAll(".ticket-row .tag").Count);

        Refusals["GET /api/v1/tickets"] = Microsoft.AspNetCore.Http.Results.StatusCode(503);
        Assert.Contains("pdf?old=A2", Page("fulfilled").Markup, StringComparison.Ordinal);
    }
}
