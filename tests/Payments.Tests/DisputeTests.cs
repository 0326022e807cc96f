using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.Payments.Ledger;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

/// <summary>What a payer's bank asks back, over both protocols, until it has decided.</summary>
public sealed class DisputeTests(PaymentsApp app)
{
    private readonly Guid order = Guid.CreateVersion7();

    private Task<PaymentSnapshot> PaidAsync(bool card) =>
        card ? app.CreateAsync(PaymentsApp.Card(order, "tok_approve")) : app.PaidAsync(order);

    private async Task BooksAsync(long provider, long disputes, long chargebacks)
    {
        Assert.Equal(provider, await app.BalanceAsync(order, "Provider"));
        Assert.Equal(disputes, await app.BalanceAsync(order, "Disputes"));
        Assert.Equal(chargebacks, await app.BalanceAsync(order, "Chargebacks"));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
    }

    private Task<HttpResponseMessage> AnswerAsync(Guid dispute, string text) =>
        app.Payments.PostAsJsonAsync(
            $"/internal/orders/{order}/disputes/{dispute}/evidence",
            new AttachEvidence(text),
            ServiceDefaultsExtensions.Json
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_won_dispute_gives_the_money_back_to_us(bool card)
    {
        var payment = await PaidAsync(card);
        await app.DisputeAsync(payment);
        var dispute = await app.DisputeAsync(order, card ? DisputeState.NeedsEvidence : DisputeState.Opened);
        Assert.Equal(payment.Amount, dispute.Amount);
        Assert.Equal((payment.Id, payment.Method, null), (dispute.PaymentId, dispute.Method, dispute.ClosedAt));
        Assert.Equal(card ? "fraudulent" : "MED_FRAUDE", dispute.Reason);
        Assert.Equal(card, dispute.EvidenceDueBy is not null);
        await BooksAsync(0, 15000, 0);

        await app.EndDisputeAsync(payment, won: true);

        Assert.NotNull((await app.DisputeAsync(order, DisputeState.Won)).ClosedAt);
        await BooksAsync(15000, 0, 0);
        var opened = await app.PublishedOnceAsync<PaymentDisputed>(order);
        var won = await app.PublishedOnceAsync<PaymentDisputeWon>(order);
        Assert.Equal((dispute.Id, dispute.Id), (opened.DisputeId, won.DisputeId));
        Assert.Empty(app.Published<PaymentDisputeLost>(order));
        Assert.True((await app.RefundAsync(order, "after")).Completed);
        Assert.Equal(1, await app.RefundsAtProviderAsync(order));
        await BooksAsync(0, 0, 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_dispute_is_the_refund(bool card)
    {
        var payment = await PaidAsync(card);
        await app.DisputeAsync(payment);
        await app.DisputedAsync(payment.Id);

        await app.EndDisputeAsync(payment, won: false);

        await app.DisputeAsync(order, DisputeState.Lost);
        await app.PublishedOnceAsync<PaymentDisputeLost>(order);
        await BooksAsync(0, 0, 15000);
        var refund = await app.RefundAsync(order, "after");
        Assert.Equal((0, true), (refund.Amount.Amount, refund.Completed));
        Assert.Equal(0, await app.RefundsAtProviderAsync(order));
        Assert.Empty(app.Published<PaymentRefunded>(order));
        // An order that missed the settlement waits for no money.
        Assert.False(await app.CloseAsync(order));
    }

    /// <summary>The bank took a part (MED takes what is there): the rest is given back, and no more.</summary>
    [Fact]
    public async Task Of_a_payment_that_is_lost_in_part_the_rest_is_refundable()
    {
        var payment = await app.PaidAsync(order);
        await app.DisputeAsync(payment);
        await app.SandboxExecuteAsync(
            "UPDATE refunds SET amount = 5000 WHERE charge = $1",
            await app.ChargeIdAsync(payment.Id)
        );
        await app.SandboxExecuteAsync(
            "UPDATE pix_received SET refunded = 5000, disputed = false WHERE end_to_end_id = $1",
            await app.ChargeIdAsync(payment.Id)
        );
        await app.SandboxExecuteAsync(
            "UPDATE refunds SET status = 'Completed' WHERE charge = $1",
            await app.ChargeIdAsync(payment.Id)
        );
        using (await app.PostPixWebhookAsync(PaymentsApp.PixWebhook($"{order:N}01"))) { }
        await app.DisputeAsync(order, DisputeState.Lost);

        var refund = await app.RefundAsync(order, "rest");

        // The first webhook may have been heard before the bank took a part only.
        var lost = await app.ScalarAsync("SELECT lost_amount FROM payments WHERE id = $1", payment.Id);
        Assert.Equal((15000 - lost, true), (refund.Amount.Amount, refund.Completed));
        Assert.Equal(lost, await app.BalanceAsync(order, "Chargebacks"));
        Assert.Equal(0, await app.BalanceAsync(order, "Receivable"));
        Assert.Equal(0, await app.BalanceAsync(order, "Provider"));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Webhooks_in_any_order_and_twice_end_the_same(bool card, bool won)
    {
        var payment = await PaidAsync(card);
        // The first one comes last: what the provider says is asked for, not read.
        using (app.WebhookWire.Cut(_ => true))
        {
            await app.DisputeAsync(payment);
            await app.EndDisputeAsync(payment, won);
        }

        await app.DisputeAsync(order, won ? DisputeState.Won : DisputeState.Lost);

        var opened = await app.PublishedOnceAsync<PaymentDisputed>(order);
        var ended = won
            ? (await app.PublishedOnceAsync<PaymentDisputeWon>(order)).DisputeId
            : (await app.PublishedOnceAsync<PaymentDisputeLost>(order)).DisputeId;
        Assert.Equal(opened.DisputeId, ended);
        await BooksAsync(won ? 15000 : 0, 0, won ? 0 : 15000);
    }

    [Fact]
    public async Task What_is_said_against_a_chargeback_is_sent_once()
    {
        var payment = await PaidAsync(card: true);
        await app.DisputeAsync(payment);
        var dispute = await app.DisputeAsync(order, DisputeState.NeedsEvidence);
        const string text = "Entrou pelo portão A.\nDuas vezes.";

        using (app.ProviderWire.Cut(e => e.Concerns("/disputes/dp_")))
        using (var kept = await AnswerAsync(dispute.Id, text))
            Assert.Null((await PaymentsApp.ReadAsync<DisputeSnapshot>(kept)).EvidenceSentAt);
        using (var other = await AnswerAsync(dispute.Id, "Something else"))
            Assert.Equal("evidence-sent", await PaymentsApp.ProblemAsync(other, HttpStatusCode.Conflict));
        for (var i = 0; i < 2; i++)
            using (var again = await AnswerAsync(dispute.Id, text))
            {
                Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
                var sent = await PaymentsApp.ReadAsync<DisputeSnapshot>(again);
                Assert.Equal((text, true), (sent.Evidence, sent.EvidenceSentAt is not null));
            }

        await app.DisputeAsync(order, DisputeState.Opened);
        Assert.Equal(1, await app.SandboxScalarAsync("SELECT count(*) FROM card_charges WHERE evidence = $1", text));
        await app.EndDisputeAsync(payment, won: true);
        await app.DisputeAsync(order, DisputeState.Won);
    }

    [Fact]
    public async Task A_closed_dispute_and_a_pix_take_no_evidence()
    {
        var payment = await PaidAsync(card: true);
        await app.DisputeAsync(payment);
        await app.EndDisputeAsync(payment, won: false);
        var closed = await app.DisputeAsync(order, DisputeState.Lost);
        using (var late = await AnswerAsync(closed.Id, "x"))
            Assert.Equal("dispute-closed", await PaymentsApp.ProblemAsync(late, HttpStatusCode.Conflict));
        using (var unknown = await AnswerAsync(Guid.CreateVersion7(), "x"))
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using (var none = await AnswerAsync(closed.Id, ""))
            Assert.Equal("invalid", await PaymentsApp.ProblemAsync(none, HttpStatusCode.UnprocessableEntity));

        var other = Guid.CreateVersion7();
        var pix = await app.PaidAsync(other);
        await app.DisputeAsync(pix);
        var med = await app.DisputeAsync(other, DisputeState.Opened);
        using var refused = await app.Payments.PostAsJsonAsync(
            $"/internal/orders/{other}/disputes/{med.Id}/evidence",
            new AttachEvidence("x")
        );
        Assert.Equal("evidence-not-taken", await PaymentsApp.ProblemAsync(refused, HttpStatusCode.Conflict));
    }

    /// <summary>The bank is told at once that its client has the money.</summary>
    [Fact]
    public async Task A_dispute_of_what_was_given_back_is_answered_with_the_refund()
    {
        var payment = await PaidAsync(card: true);
        Assert.True((await app.RefundAsync(order, "before")).Completed);
        var charge = Guid.ParseExact((await app.ChargeIdAsync(payment.Id))["pi_".Length..], "N");
        await app.SandboxExecuteAsync(
            "UPDATE card_charges SET disputed = true, dispute_status = 'needs_response', disputed_at = now(), refunded = 0 WHERE id = $1",
            charge
        );

        using (await app.PostWebhookAsync(PaymentsApp.CardWebhook(payment.Id))) { }

        var dispute = await app.DisputeAsync(order, DisputeState.NeedsEvidence, DisputeState.Opened);
        Assert.Contains("refunded", dispute.Evidence, StringComparison.Ordinal);
        Assert.Equal(
            1,
            await app.SandboxScalarAsync(
                "SELECT count(*) FROM card_charges WHERE id = $1 AND evidence LIKE '%refunded%'",
                charge
            )
        );
        await BooksAsync(0, 0, 0);
        await app.EndDisputeAsync(payment, won: true);
        await app.DisputeAsync(order, DisputeState.Won);
        await BooksAsync(0, 0, 0);
        Assert.Equal(PaymentStatus.Refunded, (await app.LatestAsync(order)).Status);
    }

    [Fact]
    public async Task Administrators_see_all_disputes()
    {
        await app.DisputeAsync(await PaidAsync(card: true));
        var dispute = await app.DisputeAsync(order, DisputeState.NeedsEvidence);
        using var admin = app.System.Client(AppIds.Payments, Guid.CreateVersion7(), "admin");

        var page = await admin.GetFromJsonAsync<JsonElement>("/api/v1/payments/disputes?open=true&limit=100");

        Assert.Contains(page.GetProperty("items").EnumerateArray(), d => d.GetProperty("id").GetGuid() == dispute.Id);
        using var buyer = app.System.Client(AppIds.Payments, Guid.CreateVersion7());
        using var refused = await buyer.GetAsync("/api/v1/payments/disputes");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var bad = await admin.GetAsync("/api/v1/payments/disputes?cursor=x");
        Assert.Equal("invalid", await PaymentsApp.ProblemAsync(bad, HttpStatusCode.BadRequest));
    }
}

/// <summary>Where no webhook ever arrives.</summary>
[Collection(CheckingApp.Name)]
public sealed class LostDisputeTests(CheckingApp app)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dispute_that_no_webhook_told_of_is_found_in_the_providers_list(bool card)
    {
        var order = Guid.CreateVersion7();
        var payment = card ? await app.CreateAsync(PaymentsApp.Card(order, "tok_approve")) : await app.PaidAsync(order);

        await app.DisputeAsync(payment);

        await app.DisputeAsync(order, DisputeState.Opened, DisputeState.NeedsEvidence);
        await app.PublishedOnceAsync<PaymentDisputed>(order);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_outcome_that_no_webhook_told_of_is_asked_for(bool won)
    {
        var order = Guid.CreateVersion7();
        var payment = await app.CreateAsync(PaymentsApp.Card(order, "tok_approve"));
        await app.DisputeAsync(payment);
        using (await app.PostWebhookAsync(PaymentsApp.CardWebhook(payment.Id))) { }
        await app.DisputeAsync(order, DisputeState.NeedsEvidence);

        await app.EndDisputeAsync(payment, won);

        await app.DisputeAsync(order, won ? DisputeState.Won : DisputeState.Lost);
    }
}
