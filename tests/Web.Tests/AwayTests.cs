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
}
