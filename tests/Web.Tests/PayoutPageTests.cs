using Microsoft.Playwright;
using Ticketing.Local.Seeding;
using Ticketing.System.Tests;
using Ticketing.TestKit;

namespace Ticketing.Web.Tests;

using Buyer = Ticketing.System.Tests.Buyer;

/// <summary>What organizers have to get, where it goes, and how the platform pays it.</summary>
[Collection(WebPages.Name)]
public sealed class PayoutPageTests(WebSystem system)
{
    private const string Cnpj = "11222333000181";
    private const string PixKey = "pix@aurora.example";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_owner_sets_the_account_and_is_shown_its_ends(bool scripts)
    {
        var team = await system.TeamAsync();
        await using var owner = await system.VisitAsync(new() { JavaScriptEnabled = scripts });
        var page = owner.Page;
        await owner.SignInFirstAsync(team.Person);
        await owner.GoAsync(team.Room);
        await GoWhenKnownAsync(owner, team);
        await owner.SeesAsync("Nada vendido ainda");
        await owner.SeesAsync("nenhum repasse pode ser feito");
        await owner.SeesAsync("Nenhum repasse ainda");
        Assert.Equal(
            "page",
            await page.Locator($".room-nav a[href='{team.Room}/repasses']").GetAttributeAsync("aria-current")
        );

        // The last digit is wrong, then nothing to pay to: the field says so, and nothing typed is lost.
        await page.FillAsync("#holder", "Aurora Produções");
        await page.FillAsync("#tax-id", "11222333000180");
        await page.FillAsync("#pix-key", PixKey);
        await owner.PressAsync("Salvar a conta");
        await owner.SeesAsync("Confira os campos marcados", "[role=alert]");
        await Assertions.Expect(page.Locator("#tax-id")).ToHaveAttributeAsync("aria-invalid", "true");
        await owner.SeesAsync("Não é um CPF nem um CNPJ", "#tax-id-wrong");
        await Assertions.Expect(page.Locator("#pix-key")).ToHaveValueAsync(PixKey);
        await page.FillAsync("#tax-id", Cnpj);
        await page.FillAsync("#pix-key", "");
        await owner.PressAsync("Salvar a conta");
        await owner.SeesAsync("Informe uma chave Pix, um IBAN ou os dois", "[role=alert]");
        await Assertions.Expect(page.Locator("#pix-key")).ToHaveAttributeAsync("aria-invalid", "true");
        await page.FillAsync("#pix-key", PixKey);
        await owner.PressAsync("Salvar a conta");
        await owner.SeesAsync("Salvo", "[role=status]");
        await owner.SeesAsync("Aurora Produções", "section[aria-labelledby=account] dl");
        await owner.SeesAsync(Cnpj[^2..], "section[aria-labelledby=account] dl");

        // Enough to recognize it, not more; a change is typed anew.
        var html = await page.ContentAsync();
        Assert.DoesNotContain(Cnpj, html, StringComparison.Ordinal);
        Assert.DoesNotContain(PixKey, html, StringComparison.Ordinal);
        await page.Locator("summary", new() { HasText = "Mudar a conta" }).ClickAsync();
        await Assertions.Expect(page.Locator("#holder")).ToHaveValueAsync("Aurora Produções");
        await Assertions.Expect(page.Locator("#tax-id")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task Finance_sees_the_account_and_a_door_sees_no_payouts()
    {
        var team = await system.TeamAsync();
        await SetAccountAsync(team);
        await using var finance = await system.VisitAsync();
        await finance.SignInFirstAsync(await MemberAsync(team, "finance"));
        await GoWhenKnownAsync(finance, team);
        await finance.SeesAsync("Aurora Produções", "section[aria-labelledby=account] dl");
        await finance.SeesAsync("Só titulares da equipe informam a conta");
        await Assertions.Expect(finance.Page.Locator("main form")).ToHaveCountAsync(0);

        await using var door = await system.VisitAsync();
        await door.SignInFirstAsync(await MemberAsync(team, "door"));
        await door.GoAsync(team.Room);
        await Assertions.Expect(door.Page.Locator($"a[href='{team.Room}/repasses']")).ToHaveCountAsync(0);
        Assert.Equal(404, (await door.GoAsync($"{team.Room}/repasses")).Status);

        await using var stranger = await system.VisitAsync();
        await stranger.SignInFirstAsync(await system.BuyerAsync());
        Assert.Equal(404, (await stranger.GoAsync($"{team.Room}/repasses")).Status);
    }

    [Fact]
    public async Task A_batch_is_made_paid_comes_back_and_is_paid_again()
    {
        var name = $"Circo {Guid.CreateVersion7():N}";
        var team = await system.TeamAsync(publish: true, name: name);
        await SetAccountAsync(team);
        var buyer = await system.BuyerAsync();
        await buyer.WaitForStatusAsync(await buyer.OrderByCardAsync(team.Show, "tok_approve"), "fulfilled");
        await using var owner = await system.VisitAsync(new() { BypassCSP = true });
        await owner.SignInFirstAsync(team.Person);
        await SeesBalanceAsync(owner, team, "Disponível agora", "100,00");

        await using var admin = await system.AdminAsync(new() { BypassCSP = true });
        await admin.GoAsync("/administracao");
        await admin.PressAsync("Repasses", AriaRole.Link);
        await admin.AssertAccessibleAsync();
        var card = await MakeBatchAsync(admin, name);
        await Assertions.Expect(card).ToContainTextAsync("R$\u00a0100,00");
        await OpenDetailsAsync(admin);
        await admin.AssertAccessibleAsync();
        var batch = new Uri(admin.Page.Url).AbsolutePath;
        await DownloadAsync(admin, owner, batch);

        await SeesBalanceAsync(owner, team, "Disponível agora", "0,00");
        await SeesBalanceAsync(owner, team, "A caminho", "100,00");
        await owner.SeesAsync("A caminho", "section[aria-labelledby=payouts] li");

        await card.GetByRole(AriaRole.Button, new() { Name = "Foi pago" }).ClickAsync();
        await admin.SeesAsync("Salvo", "[role=status]");
        await Assertions.Expect(card.Locator(".tag")).ToHaveTextAsync("Pago");
        await Assertions.Expect(card.GetByRole(AriaRole.Button, new() { Name = "Foi pago" })).ToHaveCountAsync(0);
        await SeesPaidAsync(owner, team);

        // The bank sends it back.
        await card.Locator("summary", new() { HasText = "O dinheiro voltou" }).ClickAsync();
        await card.GetByLabel("O que o banco disse").FillAsync("Conta <b>encerrada</b>");
        await card.Locator(".button.danger").ClickAsync();
        await Assertions.Expect(card.Locator(".tag")).ToHaveTextAsync("Falhou");
        await SeesBalanceAsync(owner, team, "Disponível agora", "100,00");
        await owner.SeesAsync("Falhou", "section[aria-labelledby=payouts] li");
        await owner.SeesAsync("Conta <b>encerrada</b>", "section[aria-labelledby=payouts] li");

        await admin.GoAsync("/administracao/repasses");
        await Assertions.Expect(await MakeBatchAsync(admin, name)).ToContainTextAsync("A caminho");
        await admin.PressAsync("Tudo foi pago");
        await admin.SeesAsync("Salvo", "[role=status]");
        await Assertions.Expect(admin.Page.Locator(".tag.warm")).ToHaveCountAsync(0);
        await SeesBalanceAsync(owner, team, "Repassado até hoje", "100,00");
        await Assertions.Expect(owner.Page.Locator("section[aria-labelledby=payouts] > ul > li")).ToHaveCountAsync(2);
        await owner.SeesAsync("Pago", "section[aria-labelledby=payouts] li");

        await admin.GoAsync("/administracao/repasses");
        await admin.PressAsync("Fazer um lote");
        await admin.SeesAsync("Não há nada a repassar", "[role=alert]");
        await admin.SeesAsync("Concluído", "section[aria-labelledby=batches] li");
        await admin.AssertAccessibleAsync();
        await InEnglishAsync(batch);
    }

    /// <summary>The batch's file is the administrators' alone, and of the payouts it has all that the bank needs.</summary>
    private async Task DownloadAsync(Visitor admin, Visitor owner, string batch)
    {
        var file = await admin.Page.RunAndWaitForDownloadAsync(() => admin.PressAsync("Baixar CSV", AriaRole.Link));
        Assert.Equal($"repasses-{batch.Split('/')[^1]}.csv", file.SuggestedFilename);
        Assert.Contains(PixKey, await File.ReadAllTextAsync(await file.PathAsync()), StringComparison.Ordinal);
        var address = $"{system.BaseUrl}{batch[1..]}/arquivo.csv";
        var answer = await admin.Page.APIRequest.GetAsync(address);
        Assert.Contains("no-store", answer.Headers["cache-control"], StringComparison.Ordinal);
        Assert.StartsWith("attachment", answer.Headers["content-disposition"], StringComparison.Ordinal);
        Assert.Equal(404, (await owner.Page.APIRequest.GetAsync(address)).Status);
        foreach (var path in new[] { "/administracao/repasses", batch })
            Assert.Equal(404, (await owner.GoAsync(path)).Status);
        Assert.Equal(404, (await admin.GoAsync($"/administracao/repasses/{Guid.CreateVersion7()}")).Status);
        await admin.GoAsync(batch);
    }

    private static async Task SeesPaidAsync(Visitor owner, Team team)
    {
        await SeesBalanceAsync(owner, team, "Repassado até hoje", "100,00");
        await owner.SeesAsync("Pago", "section[aria-labelledby=payouts] li");
        await OpenDetailsAsync(owner);
        await owner.AssertAccessibleAsync();
        await owner.Page.Locator("section[aria-labelledby=payouts] .lines a").ClickAsync();
        await owner.Page.AtAsync($"**/eventos/{team.EventId}");

        // The statement is by the books, which are closed now and then.
        var sales = $"{team.Room}/eventos/{team.EventId}/vendas";
        await Eventually.TrueAsync(async () =>
        {
            await owner.GoAsync(sales);
            return await owner
                    .Page.Locator(".lines > div", new() { HasText = "Repassado" })
                    .GetByText("R$\u00a0100,00")
                    .CountAsync() > 0;
        });
        await owner.AssertAccessibleAsync();
        var file = await owner.Page.RunAndWaitForDownloadAsync(() => owner.PressAsync("CSV", AriaRole.Link));
        var lines = await File.ReadAllLinesAsync(await file.PathAsync());
        Assert.EndsWith(",repassado,repassavel_desde_utc", lines[0], StringComparison.Ordinal);
        Assert.Contains("100.00", lines[1].Split(',')[^3..]);
    }

    private async Task InEnglishAsync(string batch)
    {
        await using var admin = await system.AdminAsync(new() { Locale = "en-US" });
        foreach (var path in new[] { "/administracao/repasses", batch })
        {
            Assert.True((await admin.GoAsync(path)).Ok, path);
            Assert.DoesNotMatch(
                @"\b(Repasses?|Lotes?|Pago|Falhou|Feito|Nenhum|Baixar|até|não)\b",
                await admin.TextAsync()
            );
        }
    }

    /// <returns>The team's payout, at the batch's page.</returns>
    private static async Task<ILocator> MakeBatchAsync(Visitor admin, string name)
    {
        await admin.PressAsync("Fazer um lote");
        await admin.Page.AtAsync("**/administracao/repasses/*");
        return admin.Page.Locator(".ticket-list > li", new() { HasText = name });
    }

    /// <summary>Payments hears of an event's date a moment after it is published.</summary>
    private static Task SeesBalanceAsync(Visitor visitor, Team team, string line, string amount) =>
        Eventually.TrueAsync(async () =>
        {
            await visitor.GoAsync($"{team.Room}/repasses");
            return await visitor
                    .Page.Locator("[aria-labelledby=balance-BRL] .lines > div", new() { HasText = line })
                    .GetByText($"R$\u00a0{amount}")
                    .CountAsync() > 0;
        });

    private static async Task OpenDetailsAsync(Visitor visitor)
    {
        foreach (var details in await visitor.Page.Locator("main details").AllAsync())
            await details.EvaluateAsync("d => { d.open = true; }");
    }

    /// <summary>Orders hears of a team and of who joins it a moment later.</summary>
    private static Task GoWhenKnownAsync(Visitor visitor, Team team) =>
        Eventually.TrueAsync(async () => (await visitor.GoAsync($"{team.Room}/repasses")).Ok);

    private static Task SetAccountAsync(Team team) =>
        Eventually.TrueAsync(async () =>
        {
            using var set = await team.Person.Api.SendAsync(
                HttpMethod.Put,
                $"/api/v1/orders/payout-account?organizerId={team.OrganizerId}",
                new
                {
                    holder = "Aurora Produções",
                    taxId = Cnpj,
                    pixKey = PixKey,
                },
                default
            );
            return set.IsSuccessStatusCode;
        });

    /// <summary>Invited, and in the team.</summary>
    private async Task<Buyer> MemberAsync(Team team, string role)
    {
        var member = await system.BuyerAsync();
        var invitations = $"/api/v1/organizers/{team.OrganizerId}/invitations";
        var invitation = await team.Person.Api.PostAsync(invitations, new { email = member.Email, role }, default);
        await member.Api.PostAsync($"{invitations}/{invitation.Id()}/accept", null, default);
        return member;
    }
}
