using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ticketing.Contracts;
using Ticketing.TestKit;
using static Ticketing.Notifications.Tests.NotificationsApp;

namespace Ticketing.Notifications.Tests;

public sealed class MailFolderTests(NotificationsApp app)
{
    [Fact]
    public async Task People_see_pages()
    {
        var order = Order(title: "Show <b>ao vivo</b>");
        await app.Deliver(Fulfilled(order));
        var mail = await app.MailTo(order.BuyerEmail);
        using var http = app.Anyone();
        http.DefaultRequestHeaders.Accept.ParseAdd("text/html,application/xhtml+xml,*/*;q=0.8");
        // Of all it shows the newest alone, and other tests send many.
        using var list = await http.GetAsync($"/dev/mail?to={Uri.EscapeDataString(order.BuyerEmail)}");
        Assert.Equal("text/html", list.Content.Headers.ContentType?.MediaType);
        var listHtml = await list.Content.ReadAsStringAsync();
        Assert.Contains($"/dev/mail/{mail.Id}", listHtml);
        Assert.Contains("Show &lt;b&gt;ao vivo&lt;/b&gt;", listHtml);
        using var page = await http.GetAsync($"/dev/mail/{mail.Id}");
        var pageHtml = await page.Content.ReadAsStringAsync();
        Assert.Contains($"src=\"/dev/mail/{mail.Id}/html\"", pageHtml);
        Assert.Contains("sandbox=\"", pageHtml);
        Assert.Contains(order.BuyerEmail, pageHtml);
        Assert.Contains("R$ 1.234,56", pageHtml);
        Assert.DoesNotContain("<b>", pageHtml);
        foreach (var answer in new[] { list, page })
        {
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("default-src 'none'", policy);
        }
    }

    [Fact]
    public async Task A_mails_html_is_shown_in_a_sandbox()
    {
        var order = Order();
        await app.Deliver(Fulfilled(order));
        var mail = await app.MailTo(order.BuyerEmail);
        using var http = app.Anyone();
        using var body = await http.GetAsync($"/dev/mail/{mail.Id}/html");
        Assert.Equal(mail.Html, await body.Content.ReadAsStringAsync());
        var policy = body.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("sandbox ", policy);
        Assert.DoesNotContain("allow-scripts", policy);
        Assert.DoesNotContain("allow-same-origin", policy);
        Assert.Equal("nosniff", body.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Programs_get_json_by_accept_or_by_format()
    {
        var order = Order();
        await app.Deliver(Fulfilled(order));
        var mail = await app.MailTo(order.BuyerEmail);
        using var http = app.Anyone();
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var list = (await http.GetFromJsonAsync<JsonObject>($"/dev/mail?to={order.BuyerEmail}"))!;
        var item = Assert.Single(list["items"]!.AsArray())!;
        Assert.Equal(mail.Id, (string?)item["id"]);
        Assert.Equal(order.BuyerEmail, (string?)item["to"]);
        Assert.Null((string?)list["next"]);
        var one = (await http.GetFromJsonAsync<JsonObject>($"/dev/mail/{mail.Id}"))!;
        Assert.Equal(["id", "from", "to", "subject", "text", "html", "date"], one.Select(p => p.Key));
    }

    [Theory]
    [InlineData("..%2fsecrets.json")]
    [InlineData("%2e%2e%2fsecrets.json")]
    [InlineData("..%5csecrets.json")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    [InlineData("%2fetc%2fpasswd")]
    [InlineData("secrets.json")]
    [InlineData("..eml")]
    [InlineData(".eml")]
    [InlineData("a%00.eml")]
    [InlineData("nothing.eml")]
    [InlineData("sub%2fx.eml")]
    public async Task Nothing_but_a_mail_of_the_folder_is_shown(string name)
    {
        Directory.CreateDirectory(Path.Combine(app.MailFolder, "sub"));
        await File.WriteAllTextAsync(Path.Combine(app.MailFolder, "sub", "x.eml"), "Subject: x\r\n\r\nx");
        using var http = app.Anyone();
        foreach (var path in new[] { name, name + "/html", name + "?format=json" })
        {
            using var response = await http.GetAsync($"/dev/mail/{path}");
            Assert.Contains((int)response.StatusCode, new[] { 400, 404 });
            Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Pages_of_a_hundred_newest_first_and_odd_files_do_no_harm()
    {
        await using var own = await StartAsync();
        using var http = own.Anyone();
        var none = (await http.GetFromJsonAsync<JsonObject>("/dev/mail?format=json"))!;
        Assert.Empty(none["items"]!.AsArray());
        Assert.Contains("No mail yet", await http.GetStringAsync("/dev/mail"));

        Directory.CreateDirectory(own.MailFolder);
        for (var n = 0; n < 205; n++)
            await Write($"2026-{n:000}.eml", $"Subject: {n}\r\nTo: a@example.com\r\n\r\nHi");
        await Write("3000-empty.eml", "");
        await Write("3000-noise.eml", "\0\u0001\u0002");
        await Write("3000.eml.unfinished", "Subject: x\r\n\r\nx");
        await Write("not a mail.txt", "x");
        var subjects = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await http.GetFromJsonAsync<JsonObject>($"/dev/mail?format=json&cursor={cursor}"))!;
            Assert.InRange(page["items"]!.AsArray().Count, 1, 100);
            subjects.AddRange(page["items"]!.AsArray().Select(i => (string?)i!["subject"] ?? ""));
            cursor = (string?)page["next"];
        } while (cursor is not null);
        Assert.Equal(Enumerable.Range(0, 205).Reverse().Select(n => $"{n}"), subjects.Where(s => s.Length > 0));
        Assert.Contains("Older mails", await http.GetStringAsync("/dev/mail"));
        using var bad = await http.GetAsync("/dev/mail?cursor=!");
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        foreach (var odd in new[] { "3000-empty.eml", "3000-noise.eml", "2026-000.eml" })
        {
            using var shown = await http.GetAsync($"/dev/mail/{odd}");
            Assert.Contains((int)shown.StatusCode, new[] { 200, 404 });
        }
        using var noHtml = await http.GetAsync("/dev/mail/2026-000.eml/html");
        Assert.Equal(HttpStatusCode.NotFound, noHtml.StatusCode);

        Task Write(string name, string text) => File.WriteAllTextAsync(Path.Combine(own.MailFolder, name), text);
    }

    [Fact]
    public async Task Without_a_folder_there_are_no_pages()
    {
        await using var system = await new TestSystem()
            .Service(AppIds.Notifications, NotificationsService.Build)
            .StartAsync();
        using var http = system.Client(AppIds.Notifications, Guid.CreateVersion7(), "admin");
        using var response = await http.GetAsync("/dev/mail");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
