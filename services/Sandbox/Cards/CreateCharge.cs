using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
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
        SandboxDb db,
        WebhookSignal webhooks,
        IOptions<SandboxOptions> options,
        IOptions<PublicOptions> site,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        Limits.Check(request.Amount);
        var charge = await db.InTransactionAsync(
            async token =>
            {
                // The same key twice at once: one waits for the other's charge.
                await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({key}, 0))", token);
                return await db.CardCharges.SingleOrDefaultAsync(c => c.IdempotencyKey == key, token)
                    ?? await DecideAsync(key, request, db, options.Value, clock, token);
            },
            ct
        );
        webhooks.Pulse();
        if ((charge.Token, charge.Total, charge.Reference) != (request.Token, request.Amount, request.Reference))
            throw ProblemException.Invalid(Idempotency.Header, "This key was used with another request.");
        return TypedResults.Created($"/sandbox/cards/charges/{charge.Id}", charge.Describe(site.Value));
    }

    private static async Task<CardCharge> DecideAsync(
        string key,
        Request request,
        SandboxDb db,
        SandboxOptions options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        var card =
            TestCards.ByToken(request.Token)
            ?? await ByTokenAsync(db, request.Token, now, ct)
            ?? throw new ProblemException(422, "invalid-token", "Unknown or too old.");
        var charge = new CardCharge
        {
            IdempotencyKey = key,
            Token = request.Token,
            Reference = request.Reference,
            Amount = request.Amount.Amount,
            Currency = request.Amount.Currency,
            Brand = card.Brand,
            Last4 = card.Last4,
        };
        db.Add(charge);
        if (charge.Decide(card.Outcome, now, options.SettleLateSeconds) is { } webhook)
            db.Add(webhook);
        return charge;
    }

    private static Task<TestCard?> ByTokenAsync(SandboxDb db, string token, DateTimeOffset now, CancellationToken ct) =>
        db
            .CardTokens.Where(t => t.Token == token && t.ExpiresAt > now)
            .Select(t => new TestCard(t.Outcome, t.Brand, t.Last4))
            .SingleOrDefaultAsync(ct);
}
