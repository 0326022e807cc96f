using System.Net;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Web.Tests;

/// <summary>The pages alone: nobody else is there.</summary>
public sealed class AwayTests
{
    [Fact]
    public async Task A_page_whose_service_is_away_says_so_and_names_the_trace()
    {
        await using var system = await new TestSystem().Service(AppIds.Web, WebService.Build).StartAsync();
        using var http = system.Client(AppIds.Web);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/")
        {
            Headers =
            {
                { "Accept-Language", "en" },
                { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
            },
        };
        using var answer = await http.SendAsync(request);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("We will be right back", page);
        Assert.Contains("0af7651916cd43dd8448eb211c80319c", page);
        Assert.True(answer.Headers.CacheControl!.NoStore);

        // What needs no other service is there.
        using var register = await http.GetAsync("/cadastro");
        Assert.Equal(HttpStatusCode.OK, register.StatusCode);
        using var unknown = await http.PostAsync("/cadastro", new FormUrlEncodedContent([new("_handler", "register")]));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        Assert.Contains("formulário", await unknown.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Only_where_one_pays_the_browser_may_reach_the_processor_and_nowhere_somebody_elses_pictures()
    {
        await using var system = await new TestSystem()
            .Service(AppIds.Web, WebService.Build, "Web:StripePublishableKey=pk_live_1")
            .StartAsync();
        using var http = system.Client(AppIds.Web);

        var pays = await PolicyAsync($"/reservas/{Guid.CreateVersion7()}");

        Assert.Contains("script-src 'self' https://js.stripe.com https://*.js.stripe.com;", pays);
        Assert.Contains("frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com;", pays);
        Assert.Contains("connect-src 'self' https://api.stripe.com;", pays);
        Assert.Equal(pays, await PolicyAsync($"/pedidos/{Guid.CreateVersion7()}"));
        foreach (var path in new[] { "/", "/pedidos", "/cadastro", "/portaria/x" })
            Assert.DoesNotContain("stripe", await PolicyAsync(path));

        async Task<string> PolicyAsync(string path)
        {
            using var answer = await http.GetAsync(path);
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'; ", policy);
            Assert.Contains("img-src 'self' data:; ", policy);
            return policy;
        }
    }

    [Theory]
    [InlineData("Web:StripePublishableKey=sk_live_1")]
    [InlineData("Web:StripePublishableKey=pk_1\" onload=\"x")]
    [InlineData("Web:StripeScript=https://evil.example/stripe.js")]
    [InlineData("Web:StripeScript=//evil.example/stripe.js")]
    public async Task A_secret_key_or_somebody_elses_script_keeps_the_pages_from_starting(string setting) =>
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var system = await new TestSystem().Service(AppIds.Web, WebService.Build, setting).StartAsync();
        });
}
