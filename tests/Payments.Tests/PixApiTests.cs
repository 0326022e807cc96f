using System.Net;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>Of its own: its bank's tokens end soon.</summary>
public sealed class ForgetfulBank : PaymentsApp
{
    protected override int TokenSeconds => 8;
}

/// <summary>How Payments speaks API Pix.</summary>
public sealed class PixApiTests(PaymentsApp app)
{
    private readonly Guid order = Guid.CreateVersion7();

    private string TxId => $"{order:N}01";

    private Exchange Sent(string method) => app.ProviderWire.Seen.First(e => e.Method == method && e.Concerns(TxId));

    [Fact]
    public async Task A_charge_is_asked_for_in_one_call_and_in_the_standards_forms()
    {
        var request = PaymentsApp.Pix(order, amount: 12345);

        var payment = await app.CreateAsync(request);

        var sent = Assert.Single(app.ProviderWire.Seen, e => e.Concerns(TxId));
        Assert.Equal(("PUT", $"/api-pix/cob/{TxId}"), (sent.Method, sent.Path));
        var body = JsonDocument.Parse(sent.Body).RootElement;
        Assert.Equal("123.45", body.GetProperty("valor").GetProperty("original").GetString());
        Assert.Equal(PaymentsApp.PixKey, body.GetProperty("chave").GetString());
        Assert.InRange(body.GetProperty("calendario").GetProperty("expiracao").GetInt32(), 540, 600);
        Assert.Equal(request.PayerCpf, body.GetProperty("devedor").GetProperty("cpf").GetString());
        Assert.Equal(request.PayerName, body.GetProperty("devedor").GetProperty("nome").GetString());
        // The code is the bank's, not ours.
        using var cob = await app.Bank.GetAsync($"/api-pix/cob/{TxId}");
        var known = await PaymentsApp.ReadAsync<JsonElement>(cob);
        Assert.Equal(known.GetProperty("pixCopiaECola").GetString(), payment.Pix!.CopyPaste);
    }

    [Fact]
    public async Task Who_pays_is_left_out_when_his_CPF_is_not_known()
    {
        await app.CreateAsync(PaymentsApp.Pix(order) with { PayerCpf = null });

        Assert.False(JsonDocument.Parse(Sent("PUT").Body).RootElement.TryGetProperty("devedor", out _));
    }

    [Fact]
    public async Task A_repeat_asks_for_the_same_and_changes_nothing()
    {
        var request = PaymentsApp.Pix(order);
        await app.CreateAsync(request);
        await app.CreateAsync(request);

        var puts = app.ProviderWire.Seen.Where(e => e.Method == "PUT" && e.Concerns(TxId)).ToArray();
        Assert.Equal(2, puts.Length);
        Assert.Equal(puts[0].Body, puts[1].Body);
        Assert.Equal(
            0,
            await app.SandboxScalarAsync("SELECT revision::bigint FROM pix_charges WHERE tx_id = $1", TxId)
        );
    }

    /// <summary>As the standard lets it: a txid is taken once.</summary>
    [Theory]
    [InlineData(400)]
    [InlineData(409)]
    [InlineData(422)]
    public async Task A_bank_that_takes_a_txid_once_is_asked_what_it_has(int status)
    {
        var request = PaymentsApp.Pix(order);
        var first = await app.CreateAsync(request);
        using var refused = app.ProviderWire.Cut(e => e.Method == "PUT" && e.Concerns(TxId), status);

        var again = await app.CreateAsync(request);

        Assert.Equal(first, again);
    }

    [Fact]
    public async Task What_the_bank_refuses_and_does_not_know_has_failed()
    {
        using var refused = app.ProviderWire.Cut(e => e.Method == "PUT" && e.Concerns(TxId), 400);

        var payment = await app.CreateAsync(PaymentsApp.Pix(order));

        Assert.Equal((PaymentStatus.Failed, "refused"), (payment.Status, payment.FailureReason));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_bank_that_wants_to_be_left_alone_says_for_how_long(int status)
    {
        using (app.ProviderWire.Cut(e => e.Concerns(TxId), status, retryAfter: 17))
        {
            using var response = await app.SendAsync(PaymentsApp.Pix(order));
            Assert.Equal(
                "payment-provider-unavailable",
                await PaymentsApp.ProblemAsync(response, HttpStatusCode.ServiceUnavailable)
            );
            Assert.Equal(TimeSpan.FromSeconds(17), response.Headers.RetryAfter!.Delta);
        }

        Assert.Equal(PaymentStatus.Pending, (await app.CreateAsync(PaymentsApp.Pix(order))).Status);
    }

    [Theory]
    [InlineData("EM_PROCESSAMENTO", 1)]
    [InlineData("NAO_REALIZADO", 2)]
    public async Task A_refund_that_was_not_carried_out_is_asked_for_under_a_further_id(string status, long returns)
    {
        var payment = await app.PaidAsync(order);
        var e2eid = await app.ChargeIdAsync(payment.Id);
        using (app.WebhookWire.Cut(e => e.Concerns(e2eid)))
        {
            using (app.ProviderWire.LoseAnswers(e => e.Method == "PUT" && e.Concerns(e2eid)))
                Assert.False((await app.RefundAsync(order, $"{order}-refund")).Completed);
            await app.SandboxExecuteAsync(
                """
                WITH changed AS (UPDATE refunds SET status = $2, completes_at = now() + interval '1 day' WHERE charge = $1 RETURNING charge)
                UPDATE pix_received SET refunded = CASE WHEN $2 = 'Failed' THEN 0 ELSE refunded END
                WHERE end_to_end_id IN (SELECT charge FROM changed)
                """,
                e2eid,
                status == "NAO_REALIZADO" ? "Failed" : "Pending"
            );

            Assert.Equal(returns == 2, (await app.RefundAsync(order, $"{order}-refund")).Completed);
            Assert.Equal(returns, await app.RefundsAtProviderAsync(order));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("not json")]
    [InlineData("""{"txid":"other","status":"ATIVA","valor":{"original":"150.00"}}""")]
    [InlineData("""{"txid":"TXID","status":"NOVA","valor":{"original":"150.00"}}""")]
    [InlineData("""{"txid":"TXID","status":"CONCLUIDA","valor":{"original":"150.00"}}""")]
    [InlineData("""{"txid":"TXID","status":"ATIVA","valor":{"original":"150,00"}}""")]
    [InlineData(
        """{"txid":"TXID","status":"CONCLUIDA","valor":{"original":"1"},"pix":[{"endToEndId":"E","valor":"1.005"}]}"""
    )]
    public async Task An_answer_that_is_none_says_nothing(string answer)
    {
        using (app.ProviderWire.Answer(e => e.Concerns(TxId), answer.Replace("TXID", TxId, StringComparison.Ordinal)))
        {
            using var response = await app.SendAsync(PaymentsApp.Pix(order));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal(PaymentStatus.Pending, (await app.LatestAsync(order)).Status);
        }

        Assert.NotNull((await app.CreateAsync(PaymentsApp.Pix(order))).Pix);
    }
}

public sealed class PixTokenTests(ForgetfulBank app) : IClassFixture<ForgetfulBank>
{
    private readonly Guid order = Guid.CreateVersion7();

    private int Tokens => app.ProviderWire.Seen.Count(e => e.Concerns("oauth/token"));

    [Fact]
    public async Task A_token_that_has_ended_is_fetched_anew()
    {
        await app.CreateAsync(PaymentsApp.Pix(Guid.CreateVersion7()));
        var before = Tokens;

        await Eventually.TrueAsync(async () =>
        {
            await app.CreateAsync(PaymentsApp.Pix(Guid.CreateVersion7()));
            return Tokens > before;
        });
    }

    [Fact]
    public async Task A_token_that_the_bank_forgot_is_renewed_within_the_request()
    {
        var txid = $"{order:N}01";
        var forgotten = 0;
        using var fault = app.ProviderWire.Cut(
            e => e.Concerns(txid) && Interlocked.Exchange(ref forgotten, 1) == 0,
            status: 401
        );

        var payment = await app.CreateAsync(PaymentsApp.Pix(order));

        Assert.Equal(PaymentStatus.Pending, payment.Status);
        Assert.Equal(2, app.ProviderWire.Seen.Count(e => e.Concerns(txid)));
    }

    [Fact]
    public async Task A_bank_that_takes_no_token_is_unavailable()
    {
        var txid = $"{order:N}01";
        using var fault = app.ProviderWire.Cut(e => e.Concerns(txid), status: 401);

        using var response = await app.SendAsync(PaymentsApp.Pix(order));

        Assert.Equal(
            "payment-provider-unavailable",
            await PaymentsApp.ProblemAsync(response, HttpStatusCode.ServiceUnavailable)
        );
    }
}
