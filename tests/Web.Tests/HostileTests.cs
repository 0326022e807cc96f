using System.Net;
using Microsoft.Playwright;
using Ticketing.Local.Seeding;
using Ticketing.System.Tests;

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
        Assert.Equal(words, await visitor.Page.InputValueAsync("#q"));
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
        Assert.Equal(words, await visitor.Page.InputValueAsync("#buyer-name"));
        await visitor.Page.FillAsync("#coupon", "");
        await visitor.OrderAsync("tok_approve");
        await Assertions.Expect(visitor.Page.Locator(".ticket-row")).ToContainTextAsync(words);
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
