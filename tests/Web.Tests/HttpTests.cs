using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Ticketing.TestKit;
using Ticketing.Web.Language;

namespace Ticketing.Web.Tests;

/// <summary>What caches, search engines and other programs see.</summary>
[Collection(WebPages.Name)]
public sealed partial class HttpTests(WebSystem system)
{
    [Fact]
    public async Task A_public_page_may_be_kept_and_is_asked_for_by_its_tag()
    {
        using var http = system.Http();
        var path = await system.PathOfAsync("mare");
        using var page = await http.GetAsync(path);
        var etag = page.Headers.ETag!;
        Assert.Equal(TimeSpan.FromSeconds(30), page.Headers.CacheControl!.SharedMaxAge);
        Assert.Equal(["Accept-Language", "Cookie"], page.Headers.Vary);
        using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { etag } } };
        using var known = await http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        using var looked = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await http.SendAsync(looked);
        Assert.Equal((HttpStatusCode.OK, etag), (head.StatusCode, head.Headers.ETag));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        using var english = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Headers = { AcceptLanguage = { new StringWithQualityHeaderValue("en") } },
        };
        using var other = await http.SendAsync(english);
        Assert.NotEqual(etag, other.Headers.ETag);
        using var somebodys = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Headers = { { "Cookie", "ticketing-session=x" } },
        };
        using var own = await http.SendAsync(somebodys);
        Assert.True(own.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task An_events_colour_is_a_style_sheet()
    {
        using var http = system.Http();
        using var sheet = await http.GetAsync("/cores/e4572e.css");
        Assert.Equal("text/css", sheet.Content.Headers.ContentType!.MediaType);
        Assert.Contains("prefers-color-scheme:dark", await sheet.Content.ReadAsStringAsync());
        foreach (var none in new[] { "red", "e4572", "e4572eff", "e4572g", "%7B%7D;abc" })
        {
            using var answer = await http.GetAsync($"/cores/{none}.css");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Pages_run_nothing_inline_and_assets_are_kept_for_ever()
    {
        using var http = system.Http();
        using var page = await http.GetAsync("/");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.DoesNotContain("unsafe", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        var html = await page.Content.ReadAsStringAsync();
        Assert.DoesNotContain(" style=", html);
        var assets = Asset().Matches(html).Select(m => m.Value).Distinct().ToList();
        Assert.Contains(assets, a => a.EndsWith(".css", StringComparison.Ordinal));
        foreach (var path in assets)
        {
            using var asset = await http.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
            Assert.Contains("immutable", asset.Headers.CacheControl!.ToString());
        }
    }

    [Fact]
    public async Task What_is_not_there_is_a_page_that_says_so()
    {
        using var http = system.Http();
        foreach (
            var path in new[] { "/nada", "/eventos/nada", $"/organizadores/{Guid.Empty}", "/eventos/nada/agenda.ics" }
        )
        {
            using var answer = await http.GetAsync(path);
            Assert.Equal(
                (HttpStatusCode.NotFound, "text/html"),
                (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType)
            );
            Assert.True(answer.Headers.CacheControl!.NoStore);
        }
        using var own = await http.GetAsync("/pedidos");
        Assert.StartsWith(system.BaseUrl + "connect/authorize", own.Headers.Location!.AbsoluteUri);
    }

    [Fact]
    public async Task A_date_goes_into_a_calendar()
    {
        using var http = system.Http();
        var path = await system.PathOfAsync("mare");
        var link = Calendar().Match(await http.GetStringAsync(path)).Value;
        using var answer = await http.GetAsync(link);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal("text/calendar", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("SUMMARY:Festival Maré Alta\r\n", text);
        Assert.Contains("LOCATION:Marina da Glória\\, ", text);
        Assert.All(
            text.Split("\r\n"),
            line => Assert.InRange(global::System.Text.Encoding.UTF8.GetByteCount(line), 0, 75)
        );
    }

    [Fact]
    public void Every_problem_of_the_API_has_its_sentence()
    {
        var services = Path.Combine(TestSystem.RepositoryRoot, "services");
        string[] notServices = ["EmbeddedDapr", "Local", "LocalPostgres", "OpenApiMerge", "Web"];
        var codes = Directory
            .GetFiles(services, "*.cs", SearchOption.AllDirectories)
            .Where(f => !notServices.Contains(Path.GetRelativePath(services, f).Split(Path.DirectorySeparatorChar)[0]))
            .SelectMany(f => Code().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups[1].Value)
            .Where(c => c.Length > 0)
            .ToHashSet();
        Assert.InRange(codes.Count, 60, 500);
        Assert.Empty(codes.Except(ProblemSentences.Codes).Order());
    }

    [GeneratedRegex(@"/assets/[\w.-]+")]
    private static partial Regex Asset();

    [GeneratedRegex(@"/eventos/[\w-]+/agenda\.ics\?sessao=[0-9a-f-]+")]
    private static partial Regex Calendar();

    [GeneratedRegex(@"(?:ProblemException|Conflict|Refused)\(\s*(?:(?:StatusCodes\.\w+|\d+),\s*)?""([a-z-]+)""\s*,")]
    private static partial Regex Code();
}
