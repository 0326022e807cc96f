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
        [property: MaxLength(CardToken.MaxLength)] string Token,
        Money Amount,
        [property: StringLength(Limits.MaxKey, MinimumLength = 1)] string Reference
    );

    /// <summary>Charges a card, once for each Idempotency-Key.</summary>
    /// <remarks>
    /// A declined card is an answer (status <c>failed</c>), not a problem. 422 <c>invalid-token</c>: the token is
    /// unknown or too old; 422: the key was used with another request.
    /// </remarks>
    /// <param name="key">The same key answers the same charge, as it now is.</param>
    public static async Task<Created<CardChargeResponse>> Handle(
        [FromHeader(Name = Idempotency.Header), StringLength(Limits.MaxKey, MinimumLength = 1)]
            string key,
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
        var charge = await FindAsync(db, key, ct);
        if (charge is null)
        {
            var now = clock.GetUtcNow();
            var card =
                TestCards.ByToken(request.Token)
                ?? await ByTokenAsync(db, request.Token, now, ct)
                ?? throw new ProblemException(422, "invalid-token", "Unknown or too old.");
            charge = new CardCharge
            {
                IdempotencyKey = key,
                Token = request.Token,
                Reference = request.Reference,
                Amount = request.Amount.Amount,
                Currency = request.Amount.Currency,
                Brand = card.Brand,
                Last4 = card.Last4,
            };
            var webhook = charge.Decide(card.Outcome, now, options.Value.SettleLateSeconds);
            charge = await SaveAsync(db, charge, webhook, ct);
            webhooks.Pulse();
        }
        if (
            (charge.Token, charge.Total, charge.Reference)
            != (request.Token, request.Amount, request.Reference)
        )
            throw ProblemException.Invalid(
                Idempotency.Header,
                "This key was used with another request."
            );
        return TypedResults.Created(
            $"/sandbox/cards/charges/{charge.Id}",
            charge.Describe(site.Value)
        );
    }

    private static Task<CardCharge?> FindAsync(SandboxDb db, string key, CancellationToken ct) =>
        db.CardCharges.AsNoTracking().SingleOrDefaultAsync(c => c.IdempotencyKey == key, ct);

    private static Task<TestCard?> ByTokenAsync(
        SandboxDb db,
        string token,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        db
            .CardTokens.Where(t => t.Token == token && t.ExpiresAt > now)
            .Select(t => new TestCard(t.Outcome, t.Brand, t.Last4))
            .SingleOrDefaultAsync(ct);

    private static async Task<CardCharge> SaveAsync(
        SandboxDb db,
        CardCharge charge,
        WebhookMessage? webhook,
        CancellationToken ct
    )
    {
        db.Add(charge);
        if (webhook is not null)
            db.Add(webhook);
        try
        {
            await db.SaveChangesAsync(ct);
            return charge;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // The same key came twice at once: the other one is the charge.
            db.ChangeTracker.Clear();
            return (await FindAsync(db, charge.IdempotencyKey, ct))!;
        }
    }
}
