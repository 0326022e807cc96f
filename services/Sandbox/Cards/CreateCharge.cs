using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Sandbox.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Cards;

internal static class CreateCharge
{
    /// <param name="Token">From tokenization, or tok_approve, tok_decline, tok_insufficient_funds, tok_3ds, tok_settle_late.</param>
    /// <param name="Amount">BRL, minor units.</param>
    /// <param name="Reference">The merchant's own id; charges can be found by it.</param>
    public sealed record Request(
        [property: Required, RegularExpression(CardToken.Pattern)] string Token,
        Money Amount,
        [property: Required, RegularExpression(Limits.ReferencePattern)] string Reference
    );

    /// <summary>Charges a card, once for each Idempotency-Key.</summary>
    /// <remarks>
    /// A declined card is an answer (status <c>failed</c>), not a problem. 422 <c>invalid-token</c>: the token is
    /// unknown or too old; 422: the key was used with another request.
    /// </remarks>
    /// <param name="key">The same key answers the same charge, as it now is.</param>
    public static async Task<Created<CardChargeResponse>> Handle(
        [FromHeader(Name = Idempotency.Header), StringLength(Limits.MaxKey, MinimumLength = 1)] string key,
        Request request,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        DueSignal due,
        IOptions<SandboxOptions> options,
        IOptions<PublicOptions> site,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        Limits.Check(request.Amount);
        var card = TestCards.ByToken(request.Token) ?? CardToken.Read(request.Token, clock.GetUtcNow());
        var charge = card is null
            ? (await CardCharge.Table.FindAsync(source, "idempotency_key = $1", key, ct)).SingleOrDefault()
                ?? throw new ProblemException(422, "invalid-token", "Unknown or too old.")
            : await MakeAsync(key, request, card, options.Value, source, ct);
        ((Signal)(charge.Status == CardStatus.Processing ? due : webhooks)).Pulse();
        if ((charge.Token, charge.Total, charge.Reference) != (request.Token, request.Amount, request.Reference))
            throw ProblemException.Invalid(Idempotency.Header, "This key was used with another request.");
        return TypedResults.Created($"/sandbox/cards/charges/{charge.Id}", charge.Describe(site.Value));
    }

    /// <summary>The card issuer's decision; the merchant is told when it is final.</summary>
    private static Task<CardCharge> MakeAsync(
        string key,
        Request request,
        TestCard card,
        SandboxOptions options,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        var (status, reason, webhook) = card.Outcome switch
        {
            CardOutcome.Approve => (CardStatus.Settled, null, WebhookTypes.CardSettled),
            CardOutcome.Decline => (CardStatus.Failed, "declined", WebhookTypes.CardFailed),
            CardOutcome.InsufficientFunds => (CardStatus.Failed, "insufficient-funds", WebhookTypes.CardFailed),
            CardOutcome.Challenge => (CardStatus.RequiresAction, null, null),
            CardOutcome.SettleLate => (CardStatus.Processing, (string?)null, (string?)null),
            _ => throw new ArgumentOutOfRangeException(nameof(card)),
        };
        return CardCharge.Table.MakeAsync(
            source,
            """
            INSERT INTO card_charges (id, idempotency_key, token, reference, amount, currency, brand, last4, status,
                failure_reason, settled_at, settles_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, CASE WHEN $9 = 'Settled' THEN now() END,
                CASE WHEN $9 = 'Processing' THEN now() + make_interval(secs => $11) END)
            """,
            known: "idempotency_key = $2",
            webhook is null ? null : WebhookMessage.Insert("made", $"'{webhook}'", CardCharge.Told),
            ct,
            Guid.CreateVersion7(),
            key,
            request.Token,
            request.Reference,
            request.Amount.Amount,
            request.Amount.Currency,
            card.Brand,
            card.Last4,
            status.ToString(),
            reason,
            options.SettleLateSeconds
        );
    }
}
