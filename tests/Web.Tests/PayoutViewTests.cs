using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Contracts;
using Ticketing.Web.Administration;
using Ticketing.Web.Api;
using Ticketing.Web.Organizer;

namespace Ticketing.Web.Tests;

/// <summary>
/// The pages of payouts in states that the whole system is not easily brought into: short of money, an account that is
/// too new, more events than are listed. What the API answers is played.
/// </summary>
public sealed class PayoutViewTests : PlayedApi
{
    private static readonly Guid Organizer = Guid.CreateVersion7();
    private static readonly Guid Known = Guid.CreateVersion7();
    private static readonly Guid Older = Guid.CreateVersion7();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Play("owner");
    }

    private static object Payout(string status, Guid organizer, params object[] items) =>
        new
        {
            id = Guid.CreateVersion7(),
            batchId = Guid.CreateVersion7(),
            organizerId = organizer,
            amount = Reais(7_000),
            status,
            destination = "…4321",
            createdAt = Now,
            endedAt = status == "created" ? (DateTimeOffset?)null : Now,
            failureReason = status == "failed" ? "conta <b>encerrada</b>" : null,
            items,
        };

    private void Play(string role, object[]? balance = null, object? account = null, params object[] payouts)
    {
        PlayTeam(Organizer, role);
        Answers["/api/v1/orders/balance"] = new { items = balance ?? [], account };
        Answers["/api/v1/orders/payouts"] = PageOf(payouts);
    }

    private static object Account(DateTimeOffset usableFrom) =>
        new
        {
            holder = "Circo <b>Ltda</b>",
            taxId = "…0181",
            pixKey = "…mple",
            changedAt = Now,
            usableFrom,
        };

    private IRenderedComponent<PayoutsPage> Page()
    {
        var shown = Render<PayoutsPage>(p => p.Add(c => c.OrganizerId, Organizer));
        shown.WaitForElement("h1");
        return shown;
    }

    [Fact]
    public void Without_a_sale_or_an_account_it_says_so_and_an_owner_has_the_form()
    {
        var shown = Page();

        Assert.Contains("Nada vendido ainda", Words(shown), StringComparison.Ordinal);
        Assert.Contains("nenhum repasse pode ser feito", Words(shown), StringComparison.Ordinal);
        Assert.Contains("Nenhum repasse ainda", Words(shown), StringComparison.Ordinal);
        Assert.Empty(shown.FindAll("details"));
        Assert.Equal(
            ["holder", "taxId", "pixKey", "iban"],
            shown.FindAll("form input").Select(i => i.GetAttribute("name"))
        );
    }

    [Theory]
    [InlineData("finance")]
    [InlineData("manager")]
    public void Who_is_no_owner_has_no_form(string role)
    {
        Play(role, account: Account(Now));

        var shown = Page();

        Assert.Empty(shown.FindAll("form"));
        Assert.Contains("Só titulares", Words(shown), StringComparison.Ordinal);
        Assert.Contains("Circo <b>Ltda</b>", Words(shown), StringComparison.Ordinal);
        Assert.DoesNotContain("Vale a partir de", Words(shown), StringComparison.Ordinal);
    }

    [Fact]
    public void A_balance_below_nothing_is_explained_and_each_currency_has_its_own()
    {
        Play(
            "owner",
            [
                new
                {
                    available = Reais(-2_550),
                    pending = Reais(10_000),
                    disputed = Reais(0),
                    onItsWay = Reais(0),
                    paidOut = Reais(7_000),
                },
                new
                {
                    available = new Money(1_000, "EUR"),
                    pending = new Money(0, "EUR"),
                    disputed = new Money(0, "EUR"),
                    onItsWay = new Money(0, "EUR"),
                    paidOut = new Money(0, "EUR"),
                },
            ]
        );

        var shown = Page();

        Assert.Equal(["Saldo R$", "Saldo EUR"], shown.FindAll("h2").Take(2).Select(h => h.TextContent));
        Assert.Equal(
            ["−R$ 25,50", "R$ 100,00", "R$ 0,00", "R$ 0,00", "R$ 70,00"],
            shown.FindAll("#balance-BRL + dl dd").Select(d => d.TextContent.Replace('\u00a0', ' '))
        );
        Assert.Single(
            shown.FindAll("section > p"),
            p => p.TextContent.Contains("abaixo de zero", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("pt-BR", "Vale a partir de", "Nenhum repasse sai antes")]
    [InlineData("en", "To be used from", "No payout is made before")]
    public void An_account_that_is_too_new_says_from_when_it_is_used(string language, string from, string why)
    {
        Play("owner", account: Account(Now.AddDays(7)));
        Read(language);

        var shown = Page();

        Assert.Contains(from, Words(shown), StringComparison.Ordinal);
        Assert.Contains(why, Words(shown), StringComparison.Ordinal);
        Assert.False(shown.Find("details").HasAttribute("open"));
        Assert.Equal("Circo <b>Ltda</b>", shown.Find("#holder").GetAttribute("value"));
        Assert.Null(shown.Find("#pix-key").GetAttribute("value"));
    }

    [Fact]
    public void A_payout_names_its_events_and_one_without_a_title_by_its_id()
    {
        Play(
            "finance",
            payouts:
            [
                Payout(
                    "failed",
                    Organizer,
                    new
                    {
                        eventId = Known,
                        amount = 9_000L,
                        eventTitle = "Noite <i>um</i>",
                    },
                    new { eventId = Older, amount = -2_000L }
                ),
                Payout("created", Organizer),
            ]
        );

        var shown = Page();

        Assert.Equal(3, Asked.Count);
        Assert.Equal(["Falhou", "A caminho"], shown.FindAll("h3 .tag").Select(t => t.TextContent));
        Assert.Equal(
            ["Noite <i>um</i>R$ 90,00", $"Evento {Older}−R$ 20,00"],
            shown.FindAll("details .lines > div").Select(d => d.TextContent.Replace('\u00a0', ' '))
        );
        Assert.Contains("conta <b>encerrada</b>", Words(shown), StringComparison.Ordinal);
        Assert.Contains("voltou ao saldo", Words(shown), StringComparison.Ordinal);
    }

    private async Task<IRenderedComponent<PayoutsPage>> SendAsync(string taxId, string pixKey, string iban = "")
    {
        Request.Form = new FormCollection(
            new()
            {
                ["_handler"] = "account",
                ["holder"] = " Circo Ltda ",
                ["taxId"] = taxId,
                ["pixKey"] = pixKey,
                ["iban"] = iban,
            }
        );
        var shown = Page();
        await shown.Find("form").SubmitAsync();
        return shown;
    }

    [Fact]
    public async Task An_account_that_is_refused_is_typed_on_where_it_is_wrong()
    {
        Refusals["PUT /api/v1/orders/payout-account"] = Results.ValidationProblem(
            new Dictionary<string, string[]> { ["taxId"] = ["No CPF, no CNPJ."], ["pixKey"] = ["No Pix key."] },
            statusCode: 422,
            type: ServiceDefaults.Problems.TypePrefix + "invalid"
        );

        var shown = await SendAsync("11222333000180", "nada");
        Assert.NotEmpty(shown.FindAll("#problem"));

        Assert.Equal(422, Request.HttpContext.Response.StatusCode);
        Assert.Equal("Confira os campos marcados.", shown.Find("[role=alert]").TextContent);
        Assert.Equal(["taxId", "pixKey"], shown.FindAll("[aria-invalid=true]").Select(i => i.GetAttribute("name")));
        Assert.Equal("11222333000180", shown.Find("#tax-id").GetAttribute("value"));
        Assert.Contains("Não é um CPF nem um CNPJ", shown.Find("#tax-id-wrong").TextContent, StringComparison.Ordinal);
        Assert.Contains("Não é uma chave Pix", shown.Find("#pix-key-hint").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_nothing_to_pay_to_the_API_is_not_asked()
    {
        var shown = await SendAsync("11222333000181", "", " ");
        Assert.NotEmpty(shown.FindAll("#problem"));

        Assert.Empty(Sent);
        Assert.Equal("pixKey", shown.Find("[aria-invalid=true]").GetAttribute("name"));
        Assert.DoesNotContain("Não é uma chave", shown.Find("#pix-key-hint").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_sent_whole_and_the_page_shown_anew()
    {
        Answers["/api/v1/orders/payout-account"] = Account(Now);

        var shown = await SendAsync("11.222.333/0001-81", "pix@aurora.example", "de89 3704 0044 0532 0130 00");

        var go = Services.GetRequiredService<NavigationManager>();
        Assert.EndsWith($"/organizar/{Organizer}/repasses?salvo=1", go.Uri, StringComparison.Ordinal);
        Assert.Equal(
            $$"""PUT ?organizerId={{Organizer}} {"holder":"Circo Ltda","taxId":"11.222.333/0001-81","pixKey":"pix@aurora.example","iban":"de89 3704 0044 0532 0130 00"}""",
            Assert.Single(Sent)
        );
    }

    [Theory]
    [InlineData(0, 0, 24, "Ainda a repassar: R$ 90,00, a partir de")]
    [InlineData(2_000, 1_000, -24, "Ainda a repassar: R$ 60,00, que já pode")]
    [InlineData(9_000, 0, -24, null)]
    [InlineData(0, 9_000, -24, null)]
    [InlineData(0, 0, null, null)]
    public void A_statement_says_what_is_still_to_be_paid_out(long paidOut, long disputed, int? hours, string? words)
    {
        Answers[$"/api/v1/events/{Known}"] = new
        {
            id = Known,
            slug = "noite",
            title = "Noite",
            description = "",
            category = "music",
            status = "published",
            organizer = new { id = Organizer, name = "Circo" },
            venue = new
            {
                id = Known,
                name = "Sala",
                address = "Rua 1",
                city = "Recife",
                state = "PE",
                timeZone = "America/Recife",
            },
            sessions = Array.Empty<object>(),
        };
        Answers["/api/v1/orders/sales"] = new { items = Array.Empty<object>() };
        Answers["/api/v1/orders/statements"] = new
        {
            items = new[]
            {
                new
                {
                    eventId = Known,
                    payments = 1L,
                    gross = Reais(10_000),
                    fees = Reais(1_000),
                    refunds = Reais(0),
                    chargebacks = Reais(0),
                    net = Reais(9_000),
                    disputed = Reais(disputed),
                    paidOut = Reais(paidOut),
                    payableFrom = hours is { } h ? Now.AddHours(h) : (DateTimeOffset?)null,
                },
            },
        };

        var shown = Render<SalesPage>(p => p.Add(c => c.OrganizerId, Organizer).Add(c => c.EventId, Known));
        shown.WaitForElement("h1");

        Assert.Contains("Repassado", Words(shown), StringComparison.Ordinal);
        Assert.Contains(words ?? "Repassado", Words(shown), StringComparison.Ordinal);
        Assert.Equal(words is not null, Words(shown).Contains("Ainda a repassar", StringComparison.Ordinal));
    }

    [Fact]
    public void To_a_door_there_is_no_such_page()
    {
        Play("door");

        Assert.Equal(404, Assert.Throws<ApiProblemException>(Page).Status);
    }

    [Fact]
    public void A_batch_offers_what_may_still_happen_to_each_payout()
    {
        var (unknown, batch) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Answers[$"/api/v1/payments/payout-batches/{batch}"] = Batch(batch, 1);
        Answers["/api/v1/payments/payouts"] = PageOf(
            Payout("created", Organizer),
            Payout("paid", unknown),
            Payout("failed", Organizer)
        );
        Answers["/api/v1/organizers/search"] = PageOf(new { id = Organizer, name = "Circo" });

        var shown = Render<BatchPage>(p => p.Add(c => c.BatchId, batch));
        shown.WaitForElement("h1");
        Assert.Equal(3, Asked.Count);

        var rows = shown.FindAll(".ticket-list > li");
        Assert.Equal(["Circo", $"{unknown}", "Circo"], rows.Select(r => r.QuerySelector("h2")!.TextContent));
        Assert.Equal([2, 1, 0], rows.Select(r => r.QuerySelectorAll("form").Length));
        Assert.Equal("O dinheiro voltou", rows[1].QuerySelector("summary")!.FirstChild!.TextContent);
        Assert.Contains("em aberto: 1 de 3", Words(shown), StringComparison.Ordinal);
        Assert.Contains("Tudo foi pago", Words(shown), StringComparison.Ordinal);
    }

    private static object Batch(Guid id, int open) =>
        new
        {
            id,
            createdAt = Now,
            createdBy = Guid.CreateVersion7(),
            payouts = 3,
            open,
            leftOut = 1,
            totals = new[] { Reais(12_000), new Money(500, "EUR") },
        };

    [Fact]
    public void Batches_are_listed_with_their_files()
    {
        var (open, done) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Answers["/api/v1/payments/payout-batches"] = PageOf(Batch(open, 2), Batch(done, 0));

        var shown = Render<BatchesPage>();
        shown.WaitForElement("h1");

        Assert.Equal(["Em aberto: 2", "Concluído"], shown.FindAll("h3 .tag").Select(t => t.TextContent));
        Assert.Equal(
            ["3", "R$ 120,00 · EUR 5,00", "1"],
            shown.FindAll($"#b-{open} dd").Select(d => d.TextContent.Replace('\u00a0', ' '))
        );
        Assert.Equal(
            $"/administracao/repasses/{done}/arquivo.csv",
            shown.Find($"#b-{done} .actions a").GetAttribute("href")
        );
    }

    [Fact]
    public void Who_administers_nothing_has_no_batches()
    {
        Assert.Equal(404, Assert.Throws<ApiProblemException>(() => Wait(Render<BatchesPage>())).Status);

        static void Wait(IRenderedComponent<BatchesPage> shown) => shown.WaitForElement("h1");
    }
}
