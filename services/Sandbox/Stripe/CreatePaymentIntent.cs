using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Sandbox.Cards;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Stripe;

internal static class CreatePaymentIntent
{
    /// <summary>Says that the answer is the one that the key got first.</summary>
    public const string Replayed = "Idempotent-Replayed";

    /// <summary>Charges a card at once (confirm=true), once for each Idempotency-Key.</summary>
    public static async Task<IResult> Handle(
        HttpContext context,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        DueSignal due,
        IOptions<SandboxOptions> options,
        IOptions<PublicOptions> site,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var form = await StripeForm.ReadAsync(context.Request, ct);
        if (form.Text("confirm") != "true")
            throw new StripeApiException(
                400,
                StripeApiException.InvalidRequest,
                "Only confirm=true.",
                param: "confirm"
            );
        var (param, token) = new[] { "confirmation_token", "payment_method", "payment_method_data[card][token]" }
            .Select(name => (name, form.Text(name)))
            .FirstOrDefault(given => given.Item2.Length > 0, ("payment_method", ""));
        if (token.Length == 0)
            throw new StripeApiException(
                400,
                StripeApiException.InvalidRequest,
                "Missing: payment_method.",
                param: param
            );
        var (amount, currency) = (form.Amount("amount"), form.Currency("currency"));
        var reference = form.Text("metadata[payment_id]");
        var key = StripeForm.Key(context.Request);
        var card = TestCards.ByToken(token) ?? CardToken.Read(token, param == "confirmation_token", clock.GetUtcNow());
        if (card is null)
            throw StripeApiException.NoSuch("PaymentMethod", token, param);
        var id = Guid.CreateVersion7();
        var charge = await MakeAsync(id, key, token, reference, amount, currency, card, options.Value, source, ct);
        if ((charge.Token, charge.Amount, charge.Currency, charge.Reference) != (token, amount, currency, reference))
            throw new StripeApiException(
                400,
                "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters they were first used with."
            );
        ((Signal)(card.Outcome == CardOutcome.SettleLate ? due : webhooks)).Pulse();
        if (charge.Id != id)
        {
            // What was answered first, whatever became of it since.
            context.Response.Headers[Replayed] = "true";
            var (status, reason, _) = OutcomeOf(card);
            charge = charge.As(status, reason);
        }
        return charge.Status == CardStatus.Failed
            ? throw PaymentIntent.Declined(charge, site.Value)
            : Results.Json(PaymentIntent.Of(charge, site.Value, form.Text("return_url")));
    }

    private static (CardStatus Status, string? Reason, string? Webhook) OutcomeOf(TestCard card) =>
        card.Outcome switch
        {
            CardOutcome.Approve => (CardStatus.Settled, null, StripeEvents.Succeeded),
            CardOutcome.Decline => (CardStatus.Failed, "declined", StripeEvents.Failed),
            CardOutcome.InsufficientFunds => (CardStatus.Failed, "insufficient-funds", StripeEvents.Failed),
            CardOutcome.Challenge => (CardStatus.RequiresAction, null, null),
            CardOutcome.SettleLate => (CardStatus.Processing, null, null),
            _ => throw new ArgumentOutOfRangeException(nameof(card)),
        };

    /// <summary>The card issuer's decision; the merchant is told when it is final.</summary>
    private static Task<CardCharge> MakeAsync(
        Guid id,
        string key,
        string token,
        string reference,
        long amount,
        string currency,
        TestCard card,
        SandboxOptions options,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        var (status, reason, webhook) = OutcomeOf(card);
        return CardCharge.Table.MakeAsync(
            source,
            """
            INSERT INTO card_charges (id, idempotency_key, token, reference, amount, currency, brand, last4, status,
                failure_reason, settled_at, settles_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, CASE WHEN $9 = 'Settled' THEN now() END,
                CASE WHEN $9 = 'Processing' THEN now() + make_interval(secs => $11) END)
            """,
            known: "idempotency_key = $2",
            webhook is null ? null : StripeEvents.OfCharges("made", webhook),
            ct,
            id,
            key,
            token,
            reference,
            amount,
            currency,
            card.Brand,
            card.Last4,
            status.ToString(),
            reason,
            options.SettleLateSeconds
        );
    }
}

/// <summary>Stripe's form-encoded bodies: nested names in brackets.</summary>
internal sealed partial class StripeForm(IFormCollection form)
{
    public static async Task<StripeForm> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        try
        {
            return new(request.HasFormContentType ? await request.ReadFormAsync(ct) : FormCollection.Empty);
        }
        catch (InvalidDataException e)
        {
            throw new StripeApiException(400, StripeApiException.InvalidRequest, e.Message, param: "body");
        }
    }

    public string Text(string name)
    {
        var text = form[name].ToString();
        return text.Length <= Limits.MaxText && !text.Any(char.IsControl) ? text : throw Invalid(name);
    }

    /// <summary>May have lines.</summary>
    public string Prose(string name, int most) =>
        form[name].ToString() is { } text && text.Length > 0 && text.Length <= most ? text : throw Invalid(name);

    public long Amount(string name) =>
        long.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
        && amount is > 0 and <= Limits.MaxAmount
            ? amount
            : throw Invalid(name);

    public string Currency(string name) =>
        Iso().IsMatch(Text(name)) ? Text(name).ToUpperInvariant() : throw Invalid(name);

    /// <summary>Without one the request is another one each time.</summary>
    public static string Key(HttpRequest request)
    {
        var key = request.Headers[Idempotency.Header].ToString();
        return key.Length switch
        {
            0 => Guid.CreateVersion7().ToString(),
            <= Limits.MaxKey => key,
            _ => throw Invalid(Idempotency.Header),
        };
    }

    private static StripeApiException Invalid(string name) =>
        new(400, StripeApiException.InvalidRequest, $"Invalid {name}.", code: "parameter_invalid", param: name);

    [GeneratedRegex(@"^[a-z]{3}\z")]
    private static partial Regex Iso();
}
