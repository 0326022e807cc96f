using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ticketing.Contracts;

namespace Ticketing.Payments.Tests;

/// <summary>The provider's own API, as its merchants and their buyers see it.</summary>
public sealed class SandboxTests(PaymentsApp app)
{
    private readonly string txid = Guid.CreateVersion7().ToString("N");

    private Task<HttpResponseMessage> PutPixAsync(string? id = null) =>
        app.Bank.PutAsJsonAsync(
            $"/api-pix/cob/{id ?? txid}",
            new
            {
                calendario = new { expiracao = 600 },
                valor = new { original = "10.00" },
                chave = PaymentsApp.PixKey,
            }
        );

    [Theory]
    [InlineData("POST", "{0}/pay")]
    [InlineData("POST", "{0}/dispute")]
    public async Task An_unknown_charge_is_not_found(string method, string path)
    {
        var url = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, txid);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/sandbox/pix/{url}");

        using var response = await app.Sandbox.SendAsync(request);

        Assert.Equal("not-found", await PaymentsApp.ProblemAsync(response, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Paying_twice_pays_once()
    {
        using (await PutPixAsync()) { }

        var paid = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async _ =>
                {
                    using var r = await app.Sandbox.PostAsync($"/sandbox/pix/{txid}/pay", null);
                    return await PaymentsApp.ReadAsync<JsonElement>(r);
                })
        );

        var e2eid = Assert.Single(paid.Select(p => p.GetProperty("endToEndId").GetString()).Distinct());
        Assert.Matches("^E[0-9]{20}[0-9a-zA-Z]{11}$", e2eid);
    }

    /// <summary>Of the two the provider lets one happen: the money goes out once.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_charge_is_refunded_or_disputed(bool card)
    {
        for (var i = 0; i < 10; i++)
        {
            var id = Guid.CreateVersion7().ToString("N");
            var (refund, dispute) = card ? await SettledCardAsync() : await PaidPixAsync(id);

            var answers = await Task.WhenAll(
                card
                    ? app.StripeAsync("refunds", [new("payment_intent", refund)])
                    : app.Bank.PutAsJsonAsync(refund, new { valor = "10.00" }),
                app.Sandbox.PostAsync(dispute, null)
            );

            var refused = Assert.Single(answers, a => !a.IsSuccessStatusCode);
            if (refused == answers[0])
                Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            else
                Assert.Equal("charge-refunded", await PaymentsApp.ProblemAsync(refused, HttpStatusCode.Conflict));
        }
    }

    private async Task<(string Refund, string Dispute)> PaidPixAsync(string id)
    {
        using (await PutPixAsync(id: id)) { }
        using var paid = await app.Sandbox.PostAsync($"/sandbox/pix/{id}/pay", null);
        var e2eid = (await PaymentsApp.ReadAsync<JsonElement>(paid)).GetProperty("endToEndId").GetString();
        return ($"/api-pix/pix/{e2eid}/devolucao/1", $"/sandbox/pix/{id}/dispute");
    }

    private async Task<(string Refund, string Dispute)> SettledCardAsync()
    {
        using var charged = await app.IntentAsync("tok_approve");
        var id = (await PaymentsApp.ReadAsync<JsonElement>(charged)).GetProperty("id").GetString()!;
        return (id, $"/sandbox/cards/charges/{Guid.ParseExact(id["pi_".Length..], "N")}/dispute");
    }

    [Theory]
    [InlineData("{}", 200)]
    [InlineData("{\"late\":false}", 200)]
    [InlineData("", 200)]
    [InlineData("{\"late\":\"yes\"}", 400)]
    [InlineData("{\"amount\":0}", 400)]
    [InlineData("{\"amount\":100000001}", 400)]
    [InlineData("[]", 400)]
    public async Task Paying_takes_an_optional_body(string body, int status)
    {
        using (await PutPixAsync()) { }
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await app.Sandbox.PostAsync($"/sandbox/pix/{txid}/pay", content);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
    }

    [Theory]
    [InlineData("4242424242424243", 12, 2090, "123", 422)]
    [InlineData("4111111111111111", 12, 2090, "123", 422)]
    [InlineData("4242424242424242", 12, 2020, "123", 422)]
    [InlineData("4242424242424242", 13, 2090, "123", 400)]
    [InlineData("4242424242424242", 12, 2090, "12", 400)]
    [InlineData("4242 4242 4242 4242", 12, 2090, "123", 400)]
    [InlineData("", 12, 2090, "123", 400)]
    public async Task A_card_that_is_no_test_card_gets_no_token(
        string number,
        int expMonth,
        int expYear,
        string cvc,
        int status
    )
    {
        using var response = await app.Sandbox.PostAsJsonAsync(
            "/sandbox/cards/tokens",
            new
            {
                number,
                expMonth,
                expYear,
                cvc,
            }
        );

        Assert.Equal("invalid", await PaymentsApp.ProblemAsync(response, (HttpStatusCode)status));
    }

    [Fact]
    public async Task A_token_works_for_an_hour()
    {
        var token = await app.CardTokenAsync("4242424242424242");
        // The token tells since when it is one.
        var anHourAgo = Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddHours(-1)).ToString("N")[..12];

        using var young = await app.IntentAsync(token);
        using var old = await app.IntentAsync($"tok_{anHourAgo}{token[16..]}");

        Assert.Equal(HttpStatusCode.OK, young.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, old.StatusCode);
    }

    [Theory]
    [InlineData("approve", "Approved.")]
    [InlineData("fail", "Not approved.")]
    public async Task A_browser_walks_through_the_challenge(string button, string outcome)
    {
        using var charged = await app.IntentAsync("tok_3ds");
        var charge = await PaymentsApp.ReadAsync<JsonElement>(charged);
        var url = new Uri(
            charge.GetProperty("next_action").GetProperty("redirect_to_url").GetProperty("url").GetString()!
        ).AbsolutePath;
        using var browser = app.System.Client(AppIds.Sandbox);
        browser.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));

        using var shown = await browser.GetAsync(url);
        var page = await shown.Content.ReadAsStringAsync();
        using var answered = await browser.PostAsync($"{url}/{button}", new FormUrlEncodedContent([]));

        Assert.Equal("text/html", shown.Content.Headers.ContentType!.MediaType);
        Assert.Contains($"action=\"{url}/{button}\"", page, StringComparison.Ordinal);
        Assert.Contains("R$10.00", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, answered.StatusCode);
        Assert.Equal(url, answered.Headers.Location!.ToString());
        Assert.Contains(outcome, await browser.GetStringAsync(url), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_challenge_is_not_found()
    {
        using var response = await app.Sandbox.GetAsync($"/sandbox/3ds/{Guid.CreateVersion7()}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
