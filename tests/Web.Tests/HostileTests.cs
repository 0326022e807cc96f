using System.Net;
using Microsoft.Playwright;
using Ticketing.Local.Seeding;
using Ticketing.System.Tests;
using Ticketing.TestKit;

namespace Ticketing.Web.Tests;

/// <summary>What people write is shown as they wrote it, and only our own forms are taken.</summary>
[Collection(WebPages.Name)]
public sealed class HostileTests(WebSystem system)
{
    public static readonly TheoryData<string> Corpus =
    [
        "<script>alert(1)</script>",
        "</script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onfocus=alert(1) autofocus='",
        "<svg/onload=alert(1)>",
        "{{constructor.constructor('alert(1)')()}}",
        "</title><body onload=alert(1)>",
        "<!--><script>alert(1)</script>-->",
        "javascript:alert(1)",
        "\u202egnirts desrever",
    ];

    [Theory]
    [MemberData(nameof(Corpus))]
    public async Task An_events_words_are_text(string words)
    {
        using var organizer = await system.LogInAsync(SeedLogins.Organizer);
        var show = await system.ShowAsync(capacity: 5);
        using var edited = await organizer.SendAsync(
            HttpMethod.Patch,
            $"/api/v1/events/{show.EventId}",
            new { title = words, description = words },
            default
        );
        edited.EnsureSuccessStatusCode();
        await using var visitor = await system.VisitAsync();
        await visitor.GoAsync($"/eventos/{show.EventId}");
        Assert.Equal(words.Trim(), await visitor.Page.Locator("h1").TextContentAsync());
        // Nothing of it became an element, and what machines read is whole.
        Assert.Equal(
            0,
            await visitor.Page.Locator("main script, main img, [onload], [onfocus], [onerror]").CountAsync()
        );
        Assert.Equal(
            words,
            await visitor.Page.EvaluateAsync<string>(
                "JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)[0].name"
            )
        );
        await visitor.GoAsync($"/?q={Uri.EscapeDataString(words)}");
        await Assertions.Expect(visitor.Page.Locator("#q")).ToHaveValueAsync(words);
        await visitor.GoAsync(WebSystem.PathOf(show));
        Assert.Contains(words, await visitor.Page.Locator(".kicker").TextContentAsync());
    }

    [Fact]
    public async Task A_buyers_words_are_text()
    {
        const string words = "\"><img src=x onerror=alert(1)>";
        var show = await system.ShowAsync(capacity: 5);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(buyer);
        await visitor.HoldAsync(show);
        await visitor.Page.FillAsync("#buyer-name", words);
        await visitor.Page.FillAsync("#coupon", words);
        await visitor.PressAsync("Finalizar compra");
        await Assertions.Expect(visitor.Page.Locator("#buyer-name")).ToHaveValueAsync(words);
        await visitor.Page.FillAsync("#coupon", "");
        await visitor.OrderAsync("tok_approve");
        await Assertions.Expect(visitor.Page.Locator(".ticket-row")).ToContainTextAsync(words);
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public async Task A_teams_words_are_text(string words)
    {
        var team = await system.TeamAsync(publish: true, name: words);
        using var changed = await team.Person.Api.SendAsync(
            HttpMethod.Patch,
            $"/api/v1/events/{team.EventId}",
            new { title = words, description = words },
            default
        );
        changed.EnsureSuccessStatusCode();
        using var venue = await team.Person.Api.SendAsync(
            HttpMethod.Patch,
            $"/api/v1/venues/{team.VenueId}",
            new { name = words, address = words },
            default
        );
        venue.EnsureSuccessStatusCode();
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(team.Person);
        var show = $"{team.Room}/eventos/{team.EventId}";
        foreach (
            var path in new[]
            {
                team.Room,
                $"{team.Room}/eventos",
                $"{team.Room}/locais",
                $"{team.Room}/locais/{team.VenueId}",
                show,
                $"{show}/editar",
                $"{show}/datas/{team.Show.SessionId}",
                $"{show}/pedidos?busca={Uri.EscapeDataString(words)}",
            }
        )
        {
            // Orders hear of a team a moment later.
            await Eventually.TrueAsync(async () => (await visitor.GoAsync(path)).Ok);
            Assert.Contains(words.Trim(), await visitor.Page.Locator(".room-name").TextContentAsync());
            Assert.Equal(
                0,
                await visitor.Page.Locator("main script, main img, [onload], [onfocus], [onerror]").CountAsync()
            );
        }
        await visitor.GoAsync($"{show}/editar");
        await Assertions.Expect(visitor.Page.Locator("#title")).ToHaveValueAsync(words.Trim());
    }

    [Fact]
    public async Task A_teams_forms_are_taken_from_its_own_pages_alone()
    {
        var team = await system.TeamAsync(publish: true);
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(team.Person);
        foreach (
            var (path, handler) in new[]
            {
                ("/organizar", "create"),
                ($"{team.Room}/equipe", "invite"),
                ($"{team.Room}/repasses", "account"),
                ($"{team.Room}/eventos/{team.EventId}", "cancel"),
                ($"{team.Room}/eventos/{team.EventId}/datas/{team.Show.SessionId}", "remove"),
            }
        )
            Assert.Equal(
                400,
                await visitor.Page.EvaluateAsync<int>(
                    """
                    ([path, handler]) => fetch(path, { method: "POST", body: new URLSearchParams({ _handler: handler, sure: "true", reason: "x" }) })
                      .then(answer => answer.status)
                    """,
                    new[] { path, handler }
                )
            );
        var show = await team.Person.Api.GetAsync($"/api/v1/events/{team.EventId}", default);
        Assert.Equal("published", show.Text("status"));
    }

    [Theory]
    [InlineData("/sair")]
    [InlineData("/conta")]
    [InlineData("/cadastro")]
    public async Task A_form_of_another_site_is_refused(string path)
    {
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(buyer);
        var status = await visitor.Page.EvaluateAsync<int>(
            """
            path => fetch(path, { method: "POST", body: new URLSearchParams({ _handler: "profile", name: "Outra" }) })
              .then(answer => answer.status)
            """,
            path
        );
        Assert.Equal(400, status);
        Assert.Equal("Íris Araújo", (await buyer.Api.GetAsync("/api/v1/me", default)).Text("name"));
        // The session's cookie does not come along from elsewhere at all.
        var cookie = (await visitor.Page.Context.CookiesAsync()).Single(c => c.Name == "ticketing-session");
        Assert.Equal((true, SameSiteAttribute.Lax), (cookie.HttpOnly, cookie.SameSite));
        Assert.InRange(cookie.Value.Length, 1, 1000);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/a\r\nSet-Cookie: x=1")]
    public async Task Nobody_is_sent_to_another_site(string back)
    {
        using var http = system.Http();
        using var answer = await http.GetAsync($"/idioma?para=en&volta={Uri.EscapeDataString(back)}");
        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    [Fact]
    public async Task What_is_somebody_elses_is_not_there()
    {
        var show = await system.ShowAsync(capacity: 5);
        var (buyer, other) = (await system.BuyerAsync(), await system.BuyerAsync());
        var order = await buyer.OrderByCardAsync(show, "tok_approve");
        await buyer.WaitForStatusAsync(order, "fulfilled");
        var ticket = (await buyer.TicketsAsync())[0].Id();
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(other);
        foreach (var path in new[] { $"/pedidos/{order.Id()}", $"/ingressos/{ticket}", $"/reservas/{order.Id()}" })
            Assert.Equal(404, (await visitor.GoAsync(path)).Status);
    }
}
