using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>
/// The stand-in speaks the Central Bank's API Pix as its document says (openapi.yaml, 2.9.0): names, forms, states, errors.
/// </summary>
public sealed class ApiPixTests(PaymentsApp app)
{
    private const string ErrorPrefix = "https://pix.bcb.gov.br/api/v2/error/";
    private readonly string txid = Guid.CreateVersion7().ToString("N");

    private string Path => $"/api-pix/cob/{txid}";

    private static object Body(string original = "123.45", int expiracao = 3600) =>
        new
        {
            calendario = new { expiracao },
            devedor = new { cpf = "12345678909", nome = "Francisco da Silva" },
            valor = new { original },
            chave = PaymentsApp.PixKey,
            solicitacaoPagador = "Ingressos",
        };

    private Task<HttpResponseMessage> PutAsync(object? body = null) => app.Bank.PutAsJsonAsync(Path, body ?? Body());

    private Task<HttpResponseMessage> RemoveAsync() =>
        app.Bank.PatchAsJsonAsync(Path, new { status = "REMOVIDA_PELO_USUARIO_RECEBEDOR" });

    private async Task<JsonElement> GetAsync()
    {
        using var response = await app.Bank.GetAsync(Path);
        return await PaymentsApp.ReadAsync<JsonElement>(response);
    }

    private async Task<string> PaidAsync()
    {
        using (await PutAsync()) { }
        await app.PayAsync(txid);
        return (await GetAsync()).GetProperty("pix")[0].GetProperty("endToEndId").GetString()!;
    }

    private static async Task RefusedAsync(HttpResponseMessage response, HttpStatusCode status, string type)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode} {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(ErrorPrefix + type, problem.GetProperty("type").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
    }

    [Fact]
    public async Task A_charge_is_answered_as_the_document_shows_it()
    {
        using var response = await PutAsync();

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var cob = await PaymentsApp.ReadAsync<JsonElement>(response);
        Assert.Equal(txid, cob.GetProperty("txid").GetString());
        Assert.Equal(0, cob.GetProperty("revisao").GetInt32());
        Assert.Equal("ATIVA", cob.GetProperty("status").GetString());
        Assert.Equal("123.45", cob.GetProperty("valor").GetProperty("original").GetString());
        Assert.Equal(PaymentsApp.PixKey, cob.GetProperty("chave").GetString());
        Assert.Equal(3600, cob.GetProperty("calendario").GetProperty("expiracao").GetInt32());
        Assert.InRange(
            cob.GetProperty("calendario").GetProperty("criacao").GetDateTimeOffset(),
            TimeProvider.System.GetUtcNow().AddMinutes(-1),
            TimeProvider.System.GetUtcNow().AddMinutes(1)
        );
        Assert.InRange(cob.GetProperty("location").GetString()!.Length, 1, 77);
        Assert.InRange(cob.GetProperty("pixCopiaECola").GetString()!.Length, 1, 512);
        Assert.Equal(
            cob.GetProperty("pixCopiaECola").GetString(),
            (await GetAsync()).GetProperty("pixCopiaECola").GetString()
        );
    }

    [Fact]
    public async Task A_charge_that_is_open_is_revised_and_any_other_is_not()
    {
        using (await PutAsync()) { }
        using var same = await PutAsync();
        using var dearer = await PutAsync(Body("123.46"));
        using var removed = await RemoveAsync();
        using var again = await RemoveAsync();
        using var late = await PutAsync();

        Assert.Equal(0, (await PaymentsApp.ReadAsync<JsonElement>(same)).GetProperty("revisao").GetInt32());
        Assert.Equal(1, (await PaymentsApp.ReadAsync<JsonElement>(dearer)).GetProperty("revisao").GetInt32());
        var last = await PaymentsApp.ReadAsync<JsonElement>(removed);
        Assert.Equal(2, last.GetProperty("revisao").GetInt32());
        Assert.Equal("REMOVIDA_PELO_USUARIO_RECEBEDOR", last.GetProperty("status").GetString());
        await RefusedAsync(again, HttpStatusCode.BadRequest, "CobOperacaoInvalida");
        await RefusedAsync(late, HttpStatusCode.BadRequest, "CobOperacaoInvalida");
    }

    [Fact]
    public async Task A_paid_charge_tells_its_Pix_and_cannot_be_removed()
    {
        var e2eid = await PaidAsync();

        var cob = await GetAsync();
        Assert.Equal("CONCLUIDA", cob.GetProperty("status").GetString());
        var pix = Assert.Single(cob.GetProperty("pix").EnumerateArray());
        Assert.Equal("123.45", pix.GetProperty("valor").GetString());
        Assert.Equal(txid, pix.GetProperty("txid").GetString());
        Assert.Matches("^[a-zA-Z0-9]{32}$", e2eid);
        using var alone = await app.Bank.GetAsync($"/api-pix/pix/{e2eid}");
        Assert.Equal(pix.GetRawText(), (await PaymentsApp.ReadAsync<JsonElement>(alone)).GetRawText());
        using var removed = await RemoveAsync();
        await RefusedAsync(removed, HttpStatusCode.BadRequest, "CobOperacaoInvalida");
    }

    [Theory]
    [InlineData("{}", "RequisicaoInvalida")]
    [InlineData("[]", "RequisicaoInvalida")]
    [InlineData("not json", "RequisicaoInvalida")]
    [InlineData("""{"calendario":{},"valor":{"original":12.5},"chave":"k"}""", "RequisicaoInvalida")]
    [InlineData("""{"calendario":{},"valor":{"original":"12,50"},"chave":"k"}""", "CobOperacaoInvalida")]
    [InlineData("""{"calendario":{},"valor":{"original":"12.5"},"chave":"k"}""", "CobOperacaoInvalida")]
    [InlineData("""{"calendario":{},"valor":{"original":"0.00"},"chave":"k"}""", "CobOperacaoInvalida")]
    [InlineData("""{"calendario":{},"valor":{"original":"-1.00"},"chave":"k"}""", "CobOperacaoInvalida")]
    [InlineData("""{"calendario":{"expiracao":0},"valor":{"original":"1.00"},"chave":"k"}""", "CobOperacaoInvalida")]
    [InlineData("""{"calendario":{},"valor":{"original":"1.00"},"chave":""}""", "CobOperacaoInvalida")]
    [InlineData(
        """{"calendario":{},"valor":{"original":"1.00"},"chave":"k","devedor":{"nome":"Ana"}}""",
        "CobOperacaoInvalida"
    )]
    [InlineData(
        """{"calendario":{},"valor":{"original":"1.00"},"chave":"k","devedor":{"nome":"Ana","cpf":"1"}}""",
        "CobOperacaoInvalida"
    )]
    public async Task A_charge_of_the_wrong_shape_is_refused(string body, string type)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await app.Bank.PutAsync(Path, content);

        await RefusedAsync(response, HttpStatusCode.BadRequest, type);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("0123456789-0123456789-0123456789")]
    [InlineData("012345678901234567890123456789012345")]
    public async Task A_txid_out_of_pattern_is_refused(string id)
    {
        using var response = await app.Bank.PutAsJsonAsync($"/api-pix/cob/{id}", Body());

        await RefusedAsync(response, HttpStatusCode.BadRequest, "CobOperacaoInvalida");
    }

    [Fact]
    public async Task What_is_not_known_is_not_found()
    {
        using var got = await app.Bank.GetAsync(Path);
        using var removed = await RemoveAsync();
        using var pix = await app.Bank.GetAsync($"/api-pix/pix/{PaymentsApp.NewE2eid()}");
        using var returned = await ReturnAsync(PaymentsApp.NewE2eid(), "1", "1.00");

        await RefusedAsync(got, HttpStatusCode.NotFound, "CobNaoEncontrado");
        await RefusedAsync(removed, HttpStatusCode.NotFound, "CobNaoEncontrado");
        await RefusedAsync(pix, HttpStatusCode.NotFound, "PixNaoEncontrado");
        await RefusedAsync(returned, HttpStatusCode.NotFound, "PixNaoEncontrado");
    }

    private Task<HttpResponseMessage> ReturnAsync(string e2eid, string id, string valor) =>
        app.Bank.PutAsJsonAsync($"/api-pix/pix/{e2eid}/devolucao/{id}", new { valor });

    [Fact]
    public async Task Returns_in_parts_never_exceed_what_was_paid_and_an_id_is_one_return()
    {
        var e2eid = await PaidAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => ReturnAsync(e2eid, $"part{n}", "40.00")));

        Assert.Equal(3, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        foreach (var refused in answers.Where(a => !a.IsSuccessStatusCode))
            await RefusedAsync(refused, HttpStatusCode.BadRequest, "PixDevolucaoInvalida");
        var made = await PaymentsApp.ReadAsync<JsonElement>(answers.First(a => a.IsSuccessStatusCode));
        Assert.Equal("40.00", made.GetProperty("valor").GetString());
        Assert.Equal("DEVOLVIDO", made.GetProperty("status").GetString());
        Assert.Equal("ORIGINAL", made.GetProperty("natureza").GetString());
        Assert.Matches("^[a-zA-Z0-9]{32}$", made.GetProperty("rtrId").GetString());
        using var again = await ReturnAsync(e2eid, made.GetProperty("id").GetString()!, "1.00");
        await RefusedAsync(again, HttpStatusCode.BadRequest, "PixDevolucaoInvalida");
        using var bad = await ReturnAsync(e2eid, "not-an-id", "1.00");
        await RefusedAsync(bad, HttpStatusCode.BadRequest, "PixDevolucaoInvalida");
        using var all = await app.Bank.GetAsync($"/api-pix/pix/{e2eid}");
        Assert.Equal(3, (await PaymentsApp.ReadAsync<JsonElement>(all)).GetProperty("devolucoes").GetArrayLength());
    }

    [Fact]
    public async Task A_dispute_is_a_return_that_the_payers_bank_made()
    {
        var e2eid = await PaidAsync();

        using (var disputed = await app.Sandbox.PostAsync($"/sandbox/pix/{txid}/dispute", null))
            Assert.Equal(HttpStatusCode.OK, disputed.StatusCode);

        var returned = Assert.Single(
            (await GetAsync()).GetProperty("pix")[0].GetProperty("devolucoes").EnumerateArray()
        );
        Assert.Equal("MED_FRAUDE", returned.GetProperty("natureza").GetString());
        Assert.Equal("EM_PROCESSAMENTO", returned.GetProperty("status").GetString());
        Assert.Equal("123.45", returned.GetProperty("valor").GetString());
        using var late = await ReturnAsync(e2eid, "1", "123.45");
        await RefusedAsync(late, HttpStatusCode.BadRequest, "PixDevolucaoInvalida");
    }

    [Fact]
    public async Task What_came_is_listed_page_by_page()
    {
        string[] returned = [await PaidAsync(), await OtherAsync()];
        var kept = await OtherAsync();
        foreach (var e2eid in returned)
            using (await ReturnAsync(e2eid, "1", "0.01")) { }
        // At an hour of their own: what others pay meanwhile would move the pages.
        await app.SandboxExecuteAsync(
            "UPDATE pix_received SET paid_at = '2026-01-15T10:30:00Z' WHERE end_to_end_id = ANY ($1)",
            (object)(string[])[.. returned, kept]
        );
        const string list =
            "/api-pix/pix?inicio=2026-01-15T10:00:00Z&fim=2026-01-15T11:00:00Z&paginacao.itensPorPagina=1";

        var ids = new List<string>();
        for (int page = 0, pages = 1; page < pages; page++)
        {
            using var answer = await app.Bank.GetAsync($"{list}&devolucaoPresente=true&paginacao.paginaAtual={page}");
            var found = await PaymentsApp.ReadAsync<JsonElement>(answer);
            pages = found
                .GetProperty("parametros")
                .GetProperty("paginacao")
                .GetProperty("quantidadeDePaginas")
                .GetInt32();
            ids.AddRange(
                found.GetProperty("pix").EnumerateArray().Select(p => p.GetProperty("endToEndId").GetString()!)
            );
        }

        Assert.Equal(returned.Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));
        using var backwards = await app.Bank.GetAsync(
            "/api-pix/pix?inicio=2026-02-01T00:00:00Z&fim=2026-01-01T00:00:00Z"
        );
        await RefusedAsync(backwards, HttpStatusCode.BadRequest, "PixConsultaInvalida");

        async Task<string> OtherAsync() => await app.ChargeIdAsync((await app.PaidAsync(Guid.CreateVersion7())).Id);
    }

    [Theory]
    [InlineData("win", "NAO_REALIZADO", "lose")]
    [InlineData("lose", "DEVOLVIDO", "win")]
    public async Task Its_return_is_made_or_not(string button, string status, string other)
    {
        var e2eid = await PaidAsync();
        using (var early = await app.Sandbox.PostAsync($"/sandbox/pix/{txid}/dispute/{button}", null))
            Assert.Equal("not-disputed", await PaymentsApp.ProblemAsync(early, HttpStatusCode.Conflict));
        using (await app.Sandbox.PostAsync($"/sandbox/pix/{txid}/dispute", null)) { }

        for (var again = 0; again < 2; again++)
            using (var ended = await app.Sandbox.PostAsync($"/sandbox/pix/{txid}/dispute/{button}", null))
                Assert.Equal(HttpStatusCode.OK, ended.StatusCode);

        var pix = (await GetAsync()).GetProperty("pix")[0];
        Assert.Equal(status, pix.GetProperty("devolucoes")[0].GetProperty("status").GetString());
        using (var changed = await app.Sandbox.PostAsync($"/sandbox/pix/{txid}/dispute/{other}", null))
            Assert.Equal("not-disputed", await PaymentsApp.ProblemAsync(changed, HttpStatusCode.Conflict));
        using var returned = await ReturnAsync(e2eid, "1", "123.45");
        Assert.Equal(button == "win", returned.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("PUT", "cob/{0}")]
    [InlineData("GET", "cob/{0}")]
    [InlineData("PATCH", "cob/{0}")]
    [InlineData("GET", "pix/{0}")]
    [InlineData("PUT", "pix/{0}/devolucao/1")]
    [InlineData("PUT", "webhook/{0}")]
    public async Task Nobody_comes_in_without_a_token(string method, string path)
    {
        var url = "/api-pix/" + string.Format(System.Globalization.CultureInfo.InvariantCulture, path, txid);
        foreach (var key in new[] { null, "Bearer", "Bearer wrong", "Bearer 99999999999.00", "Basic dGVzdA==" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), url);
            if (key is not null)
                request.Headers.TryAddWithoutValidation("Authorization", key);
            using var http = app.System.Client(AppIds.Sandbox);

            using var response = await http.SendAsync(request);

            await RefusedAsync(response, HttpStatusCode.Unauthorized, "AcessoNegado");
        }
    }

    [Theory]
    [InlineData("grant_type=client_credentials", "ticketing:wrong", 401, "invalid_client")]
    [InlineData("grant_type=client_credentials", null, 401, "invalid_client")]
    [InlineData("grant_type=password", "right", 400, "unsupported_grant_type")]
    [InlineData("", "right", 400, "unsupported_grant_type")]
    public async Task A_token_is_for_the_client_alone(string form, string? login, int status, string error)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api-pix/oauth/token")
        {
            Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        if (login is not null)
            request.Headers.Authorization = new(
                "Basic",
                Convert.ToBase64String(
                    Encoding.UTF8.GetBytes(login == "right" ? $"ticketing:{app.PixClientSecret}" : login)
                )
            );
        using var http = app.System.Client(AppIds.Sandbox);

        using var response = await http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(error, answer.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("""{"webhookUrl":"not an address"}""", "WebhookOperacaoInvalida")]
    [InlineData("""{"webhookUrl":"ftp://example.com"}""", "WebhookOperacaoInvalida")]
    [InlineData("{}", "RequisicaoInvalida")]
    public async Task A_webhooks_address_is_one(string body, string type)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await app.Bank.PutAsync($"/api-pix/webhook/{txid}", content);

        await RefusedAsync(response, HttpStatusCode.BadRequest, type);
    }

    [Fact]
    public async Task A_webhook_tells_the_Pix_and_its_returns()
    {
        var order = Guid.CreateVersion7();
        var payment = await app.PaidAsync(order);
        await app.RefundAsync(order, $"{order}-refund");

        var told = await Eventually.GetAsync(
            () => Task.FromResult(app.WebhookWire.Seen.Where(e => e.Concerns($"{order:N}01")).ToArray()),
            seen => seen.Any(e => e.Concerns("devolucoes"))
        );

        var first = JsonDocument.Parse(told[0].Body).RootElement.GetProperty("pix")[0];
        Assert.Equal(payment.Pix?.TxId ?? $"{order:N}01", first.GetProperty("txid").GetString());
        Assert.Equal("150.00", first.GetProperty("valor").GetString());
        Assert.EndsWith("/pix", told[0].Path, StringComparison.Ordinal);
        var last = JsonDocument.Parse(told.First(e => e.Concerns("devolucoes")).Body).RootElement.GetProperty("pix")[0];
        var returned = Assert.Single(last.GetProperty("devolucoes").EnumerateArray());
        Assert.Equal("DEVOLVIDO", returned.GetProperty("status").GetString());
    }
}
