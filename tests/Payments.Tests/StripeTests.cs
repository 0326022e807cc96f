using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Web;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>The stand-in speaks Stripe's API as its reference says: names, forms, states, errors.</summary>
public sealed class StripeTests(PaymentsApp app)
{
    private readonly string key = Guid.CreateVersion7().ToString();

    private static async Task<JsonElement> ErrorAsync(HttpResponseMessage response, int status)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{response.StatusCode} {body}");
        Assert.StartsWith("req_", Assert.Single(response.Headers.GetValues("Request-Id")), StringComparison.Ordinal);
        return JsonDocument.Parse(body).RootElement.GetProperty("error");
    }

    private static string? Text(JsonElement error, string name) => error.GetProperty(name).GetString();

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await app.Sandbox.GetAsync($"/stripe/v1/{path}");
        return await PaymentsApp.ReadAsync<JsonElement>(response);
    }

    private async Task<string> SettledAsync(string reference = "reference")
    {
        using var made = await app.IntentAsync("pm_card_visa", reference: reference);
        return Text(await PaymentsApp.ReadAsync<JsonElement>(made), "id")!;
    }

    private Task<HttpResponseMessage> RefundAsync(string intent, long? amount = null, string? refundKey = null) =>
        app.StripeAsync(
            "refunds",
            amount is null
                ? [new("payment_intent", intent)]
                : [new("payment_intent", intent), new("amount", $"{amount}")],
            refundKey
        );

    [Theory]
    [InlineData("POST", "payment_intents")]
    [InlineData("GET", "payment_intents/pi_1")]
    [InlineData("GET", "payment_intents/search?query=x")]
    [InlineData("POST", "payment_intents/pi_1/cancel")]
    [InlineData("POST", "refunds")]
    [InlineData("GET", "refunds?payment_intent=pi_1")]
    public async Task Nobody_comes_in_without_the_key(string method, string path)
    {
        foreach (var given in new[] { null, "Bearer", "Bearer wrong", "Basic dGVzdA==" })
        {
            using var http = app.System.Client(AppIds.Sandbox);
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/stripe/v1/{path}");
            if (given is not null)
                request.Headers.TryAddWithoutValidation("Authorization", given);

            using var response = await http.SendAsync(request);

            Assert.Equal("invalid_request_error", Text(await ErrorAsync(response, 401), "type"));
        }
    }

    [Fact]
    public async Task An_approved_card_has_succeeded_in_the_answer()
    {
        using var made = await app.IntentAsync("pm_card_mastercard", amount: 12345, currency: "usd");

        var intent = await PaymentsApp.ReadAsync<JsonElement>(made);
        Assert.Matches("^pi_[0-9a-f]{32}$", Text(intent, "id"));
        Assert.Equal("payment_intent", Text(intent, "object"));
        Assert.Equal("succeeded", Text(intent, "status"));
        Assert.Equal(12345, intent.GetProperty("amount_received").GetInt64());
        Assert.Equal("usd", Text(intent, "currency"));
        Assert.Equal("reference", Text(intent.GetProperty("metadata"), "payment_id"));
        Assert.Equal("4444", Text(intent.GetProperty("payment_method").GetProperty("card"), "last4"));
        Assert.False(intent.GetProperty("latest_charge").GetProperty("disputed").GetBoolean());
    }

    [Theory]
    [InlineData("pm_card_visa_chargeDeclined", "generic_decline")]
    [InlineData("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds")]
    public async Task A_declined_card_is_a_card_error_with_its_payment(string card, string declineCode)
    {
        using var made = await app.IntentAsync(card);

        var error = await ErrorAsync(made, 402);
        Assert.Equal(
            ("card_error", "card_declined", declineCode),
            (Text(error, "type"), Text(error, "code"), Text(error, "decline_code"))
        );
        var intent = error.GetProperty("payment_intent");
        Assert.Equal("requires_payment_method", Text(intent, "status"));
        Assert.Equal(JsonValueKind.Null, intent.GetProperty("payment_method").ValueKind);
        Assert.Equal(declineCode, Text(intent.GetProperty("last_payment_error"), "decline_code"));
        Assert.Equal(
            "requires_payment_method",
            Text(await GetAsync($"payment_intents/{Text(intent, "id")}"), "status")
        );
    }

    [Fact]
    public async Task A_challenge_is_an_address_to_go_to()
    {
        using var made = await app.IntentAsync("pm_card_threeDSecure2Required");

        var intent = await PaymentsApp.ReadAsync<JsonElement>(made);
        Assert.Equal("requires_action", Text(intent, "status"));
        var action = intent.GetProperty("next_action");
        Assert.Equal("redirect_to_url", Text(action, "type"));
        Assert.Contains("/sandbox/3ds/", Text(action.GetProperty("redirect_to_url"), "url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_one_payment_and_answers_as_the_first_time()
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => app.IntentAsync("tok_3ds", key, reference: key))
        );

        Assert.Single(answers, a => !a.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal(1, await app.SandboxCountAsync("card_charges", "reference", key));
        var intent = await PaymentsApp.ReadAsync<JsonElement>(answers[0]);
        var challenge = new Uri(Text(intent.GetProperty("next_action").GetProperty("redirect_to_url"), "url")!);
        using (await app.Sandbox.PostAsync($"{challenge.AbsolutePath}/approve", null)) { }
        using var again = await app.IntentAsync("tok_3ds", key, reference: key);
        Assert.Equal("requires_action", Text(await PaymentsApp.ReadAsync<JsonElement>(again), "status"));
        Assert.Equal("succeeded", Text(await GetAsync($"payment_intents/{Text(intent, "id")}"), "status"));
        using var other = await app.IntentAsync("tok_3ds", key, amount: 1001, reference: key);
        Assert.Equal("idempotency_error", Text(await ErrorAsync(other, 400), "type"));
    }

    [Theory]
    [InlineData("amount", "0")]
    [InlineData("amount", "1.5")]
    [InlineData("amount", "-1")]
    [InlineData("amount", "100000001")]
    [InlineData("currency", "BRL")]
    [InlineData("currency", "real")]
    [InlineData("payment_method", "")]
    [InlineData("payment_method", "pm_nobody_knows")]
    [InlineData("confirm", "false")]
    public async Task A_payment_of_the_wrong_shape_is_refused(string name, string value)
    {
        var form = new Dictionary<string, string>
        {
            ["amount"] = "1000",
            ["currency"] = "brl",
            ["confirm"] = "true",
            ["payment_method"] = "pm_card_visa",
            [name] = value,
        };

        using var response = await app.StripeAsync("payment_intents", form);

        var error = await ErrorAsync(response, 400);
        Assert.Equal("invalid_request_error", Text(error, "type"));
        Assert.StartsWith(name, Text(error, "param"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_no_form_is_refused()
    {
        using var response = await app.StripeAsync("payment_intents", [new("amount", "1\0")]);

        Assert.Equal("invalid_request_error", Text(await ErrorAsync(response, 400), "type"));
    }

    [Fact]
    public async Task A_payment_is_found_by_the_merchants_own_id()
    {
        var id = await SettledAsync(key);

        var found = await GetAsync(
            $"payment_intents/search?query={Uri.EscapeDataString($"metadata['payment_id']:'{key}'")}"
        );

        Assert.Equal(id, Text(Assert.Single(found.GetProperty("data").EnumerateArray()), "id"));
        using var bad = await app.Sandbox.GetAsync("/stripe/v1/payment_intents/search?query=status:'succeeded'");
        Assert.Equal("invalid_request_error", Text(await ErrorAsync(bad, 400), "type"));
    }

    [Fact]
    public async Task What_is_not_known_is_not_found()
    {
        var id = $"pi_{Guid.CreateVersion7():N}";
        using var got = await app.Sandbox.GetAsync($"/stripe/v1/payment_intents/{id}");
        using var cancelled = await app.StripeAsync($"payment_intents/{id}/cancel", []);
        using var odd = await app.Sandbox.GetAsync("/stripe/v1/payment_intents/pi_odd");
        using var refunded = await RefundAsync(id);

        foreach (var response in new[] { got, cancelled, odd, refunded })
            Assert.Equal("resource_missing", Text(await ErrorAsync(response, 404), "code"));
    }

    [Fact]
    public async Task What_has_ended_is_not_cancelled()
    {
        var settled = await SettledAsync();
        using var asked = await app.IntentAsync("tok_3ds");
        var open = Text(await PaymentsApp.ReadAsync<JsonElement>(asked), "id");

        using var refused = await app.StripeAsync($"payment_intents/{settled}/cancel", []);
        using var cancelled = await app.StripeAsync($"payment_intents/{open}/cancel", []);
        using var again = await app.StripeAsync($"payment_intents/{open}/cancel", []);
        using var refunded = await RefundAsync(open!);

        Assert.Equal("canceled", Text(await PaymentsApp.ReadAsync<JsonElement>(cancelled), "status"));
        foreach (var response in new[] { refused, again })
            Assert.Equal("payment_intent_unexpected_state", Text(await ErrorAsync(response, 400), "code"));
        Assert.Equal("invalid_request_error", Text(await ErrorAsync(refunded, 400), "type"));
    }

    [Fact]
    public async Task Refunds_in_parts_never_exceed_what_was_paid_and_a_key_is_one_refund()
    {
        var id = await SettledAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => RefundAsync(id, 300, $"{key}-{n}")));

        Assert.Equal(3, answers.Count(a => a.IsSuccessStatusCode));
        Assert.Equal(
            "charge_already_refunded",
            Text(await ErrorAsync(answers.First(a => !a.IsSuccessStatusCode), 400), "code")
        );
        var made = Array.FindIndex(answers, a => a.IsSuccessStatusCode);
        using var again = await RefundAsync(id, 300, $"{key}-{made}");
        using var other = await RefundAsync(id, 1, $"{key}-{made}");
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotent-Replayed")));
        Assert.Equal("idempotency_error", Text(await ErrorAsync(other, 400), "type"));
        var all = (await GetAsync($"refunds?payment_intent={id}")).GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal(3, all.Length);
        Assert.All(all, r => Assert.Equal(("succeeded", 300), (Text(r, "status"), r.GetProperty("amount").GetInt64())));
    }

    [Theory]
    [InlineData("win", "won")]
    [InlineData("lose", "lost")]
    public async Task A_dispute_is_answered_and_decided(string button, string status)
    {
        var id = await SettledAsync();
        var charge = Guid.ParseExact(id["pi_".Length..], "N");
        using (var early = await app.Sandbox.PostAsync($"/sandbox/cards/charges/{charge}/dispute/{button}", null))
            Assert.Equal("not-disputed", await PaymentsApp.ProblemAsync(early, HttpStatusCode.Conflict));
        Assert.Empty((await GetAsync($"disputes?payment_intent={id}")).GetProperty("data").EnumerateArray());
        using (await app.Sandbox.PostAsync($"/sandbox/cards/charges/{charge}/dispute", null)) { }
        var dispute = (await GetAsync($"disputes?payment_intent={id}")).GetProperty("data")[0];
        Assert.Equal("needs_response", Text(dispute, "status"));
        Assert.Equal(1000, dispute.GetProperty("amount").GetInt64());
        Assert.True(dispute.GetProperty("evidence_details").GetProperty("due_by").GetInt64() > 0);

        KeyValuePair<string, string>[] evidence =
        [
            new("evidence[uncategorized_text]", "Came in.\nTwice."),
            new("submit", "true"),
        ];
        using (var answered = await app.StripeAsync($"disputes/{Text(dispute, "id")}", evidence))
            Assert.Equal("under_review", Text((await PaymentsApp.ReadAsync<JsonElement>(answered)), "status"));
        using (await app.Sandbox.PostAsync($"/sandbox/cards/charges/{charge}/dispute/{button}", null)) { }

        var ended = (await GetAsync($"disputes?payment_intent={id}")).GetProperty("data")[0];
        Assert.Equal(status, Text(ended, "status"));
        Assert.Equal("Came in.\nTwice.", Text(ended.GetProperty("evidence"), "uncategorized_text"));
        using (
            var late = await app.StripeAsync(
                $"disputes/{Text(dispute, "id")}",
                [new("evidence[uncategorized_text]", "x")]
            )
        )
            await ErrorAsync(late, 400);
        using var refunded = await RefundAsync(id);
        Assert.Equal(status == "won", refunded.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Disputes_are_listed_page_by_page_newest_first()
    {
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var id = await SettledAsync();
            var charge = Guid.ParseExact(id["pi_".Length..], "N");
            using (await app.Sandbox.PostAsync($"/sandbox/cards/charges/{charge}/dispute", null)) { }
            made.Add($"dp_{charge:N}");
        }

        var (seen, more, since) = (
            new List<string>(),
            true,
            TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeSeconds()
        );
        while (more)
        {
            var page = await GetAsync(
                $"disputes?limit=2&created[gte]={since}" + (seen.Count > 0 ? $"&starting_after={seen[^1]}" : "")
            );
            seen.AddRange(page.GetProperty("data").EnumerateArray().Select(d => Text(d, "id")!));
            more = page.GetProperty("has_more").GetBoolean();
        }

        Assert.Equal(seen.Distinct(), seen);
        made.Reverse();
        Assert.Equal(made, seen.Where(made.Contains));
    }

    [Fact]
    public async Task A_disputed_charge_is_not_refunded()
    {
        var id = await SettledAsync();
        var charge = Guid.ParseExact(id["pi_".Length..], "N");
        using (await app.Sandbox.PostAsync($"/sandbox/cards/charges/{charge}/dispute", null)) { }

        using var refunded = await RefundAsync(id);

        Assert.Equal("charge_disputed", Text(await ErrorAsync(refunded, 400), "code"));
        Assert.True(
            (await GetAsync($"payment_intents/{id}")).GetProperty("latest_charge").GetProperty("disputed").GetBoolean()
        );
    }
}

/// <summary>How Payments speaks with Stripe, by the official library.</summary>
public sealed class StripeWireTests(PaymentsApp app)
{
    private readonly Guid order = Guid.CreateVersion7();

    private Exchange[] Sent(string text) => [.. app.ProviderWire.Seen.Where(e => e.Concerns(text))];

    [Fact]
    public async Task A_card_is_charged_in_one_call()
    {
        var payment = await app.CreateAsync(PaymentsApp.Card(order, "pm_card_visa", amount: 12345));

        Assert.Equal(PaymentStatus.Settled, payment.Status);
        var sent = Assert.Single(Sent($"{payment.Id}"));
        Assert.Equal(("POST", "/stripe/v1/payment_intents"), (sent.Method, sent.Path));
        Assert.Equal($"{payment.Id}", sent.Headers["Idempotency-Key"]);
        var form = HttpUtility.ParseQueryString(sent.Body);
        Assert.Equal("12345", form["amount"]);
        Assert.Equal("brl", form["currency"]);
        Assert.Equal("pm_card_visa", form["payment_method"]);
        Assert.Equal("true", form["confirm"]?.ToLowerInvariant());
        Assert.Equal("card", form["allowed_payment_method_types[0]"]);
        Assert.Contains($"{order}", form["return_url"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_token_goes_as_the_data_of_a_card()
    {
        var token = await app.CardTokenAsync("4242424242424242");

        await app.CreateAsync(PaymentsApp.Card(order, token));

        var form = HttpUtility.ParseQueryString(Assert.Single(Sent(token)).Body);
        Assert.Equal("card", form["payment_method_data[type]"]);
        Assert.Equal(token, form["payment_method_data[card][token]"]);
    }

    [Theory]
    [InlineData(409)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_processor_that_cannot_now_leaves_the_payment_open(int status)
    {
        var token = await app.CardTokenAsync("4242424242424242");
        using (app.ProviderWire.Cut(e => e.Concerns(token), status, retryAfter: 17))
        {
            using var response = await app.SendAsync(PaymentsApp.Card(order, token));
            Assert.Equal(
                "payment-provider-unavailable",
                await PaymentsApp.ProblemAsync(response, HttpStatusCode.ServiceUnavailable)
            );
            Assert.Equal(TimeSpan.FromSeconds(17), response.Headers.RetryAfter!.Delta);
            Assert.Equal(PaymentStatus.Pending, (await app.LatestAsync(order)).Status);
        }

        Assert.Equal(PaymentStatus.Settled, (await app.CreateAsync(PaymentsApp.Card(order, token))).Status);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("not json")]
    [InlineData("""{"id":"pi_1","object":"payment_intent","status":"new","currency":"brl","amount":15000}""")]
    public async Task An_answer_that_is_none_says_nothing(string answer)
    {
        var token = await app.CardTokenAsync("4242424242424242");
        using (app.ProviderWire.Answer(e => e.Concerns(token), answer))
        {
            using var response = await app.SendAsync(PaymentsApp.Card(order, token));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal(PaymentStatus.Pending, (await app.LatestAsync(order)).Status);
        }

        Assert.Equal(PaymentStatus.Settled, (await app.CreateAsync(PaymentsApp.Card(order, token))).Status);
    }

    /// <summary>A repeat is answered as the first time: what became of it is asked.</summary>
    [Fact]
    public async Task A_replayed_answer_is_not_believed()
    {
        var token = await app.CardTokenAsync("4000000000003220");
        using (app.WebhookWire.Cut(_ => true))
        {
            using (app.ProviderWire.LoseAnswers(e => e.Concerns(token)))
            using (await app.SendAsync(PaymentsApp.Card(order, token))) { }
            await app.SandboxExecuteAsync(
                "UPDATE card_charges SET status = 'Settled', settled_at = now() WHERE token = $1",
                token
            );

            Assert.Equal(PaymentStatus.Settled, (await app.CreateAsync(PaymentsApp.Card(order, token))).Status);
        }
    }

    [Fact]
    public async Task A_refund_that_failed_is_asked_for_under_a_further_key()
    {
        var payment = await app.CreateAsync(PaymentsApp.Card(order, "tok_approve"));
        var charge = await app.ChargeIdAsync(payment.Id);
        using (app.WebhookWire.Cut(_ => true))
        {
            using (app.ProviderWire.LoseAnswers(e => e.Method == "POST" && e.Concerns(charge)))
                Assert.False((await app.RefundAsync(order, $"{order}-refund")).Completed);
            await app.SandboxExecuteAsync("UPDATE refunds SET status = 'Failed' WHERE charge = $1", charge);
            await app.SandboxExecuteAsync(
                "UPDATE card_charges SET refunded = 0 WHERE id = right($1, 32)::uuid",
                charge
            );

            Assert.True((await app.RefundAsync(order, $"{order}-refund")).Completed);
            Assert.Equal(2, await app.RefundsAtProviderAsync(order));
        }
    }

    [Fact]
    public async Task A_foreign_payment_that_a_webhook_names_is_not_ours()
    {
        var token = await app.CardTokenAsync("4000000000003220");
        var payment = await app.CreateAsync(PaymentsApp.Card(order, token));
        using var foreign = await app.IntentAsync("pm_card_visa", amount: 15000);
        var id = (await PaymentsApp.ReadAsync<JsonElement>(foreign)).GetProperty("id").GetString()!;
        var body = PaymentsApp.CardWebhook(payment.Id).Replace("\"pi_", $"\"{id}\",\"x\":\"", StringComparison.Ordinal);

        using var response = await app.PostWebhookAsync(body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(PaymentStatus.Pending, (await app.LatestAsync(order)).Status);
    }
}
