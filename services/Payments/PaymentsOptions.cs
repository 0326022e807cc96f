using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Ticketing.Payments;

/// <summary>Section <c>Payments</c>.</summary>
public sealed class PaymentsOptions
{
    /// <summary>How long a payment or refund may stay open before the provider is asked; doubles with each asking.</summary>
    [Range(0.05, 3600)]
    public double CheckSeconds { get; set; } = 30;

    /// <summary>How long the provider may take to answer.</summary>
    [Range(0.05, 60)]
    public double ProviderTimeoutSeconds { get; set; } = 8;

    /// <summary>Between two looks at the providers' lists of disputes, for those whose webhook was lost.</summary>
    [Range(0.05, 86_400)]
    public double DisputeWatchSeconds { get; set; } = 3600;

    /// <summary>Between two comparisons of the providers' lists with the ledger; each is of what came since the last one.</summary>
    [Range(1, 86_400)]
    public double ReconciliationSeconds { get; set; } = 3600;

    /// <summary>Between two closings of the books: what statements are late by, and what a balance adds up anew.</summary>
    [Range(0.05, 3600)]
    public double LedgerClosingSeconds { get; set; } = 30;

    public PixApiOptions PixApi { get; set; } = new();

    public StripeOptions Stripe { get; set; } = new();

    public PayoutOptions Payouts { get; set; } = new();
}

/// <summary>When organizers are paid.</summary>
public sealed class PayoutOptions
{
    /// <summary>After the last session's end, until an event's money may be paid out; negative: so many days before it.</summary>
    [Range(-3650, 3650)]
    public int DaysAfterEvent { get; set; } = 2;

    /// <summary>Until a new account is used: time to notice a change that nobody wanted.</summary>
    [Range(0, 365)]
    public int AccountHoldDays { get; set; } = 3;

    /// <summary>Minor units of any currency; less waits for the next batch.</summary>
    [Range(1, int.MaxValue)]
    public long Minimum { get; set; } = 100;
}

/// <summary>Pix, by a bank (PSP) that speaks the Central Bank's API Pix; without a base address no Pix is taken.</summary>
public sealed class PixApiOptions
{
    /// <summary>By the standard.</summary>
    internal const int MaxReceiver = 77;

    /// <summary>Where <c>/cob</c>, <c>/pix</c> and <c>/webhook</c> are.</summary>
    public string BaseUrl { get; set; } = "";

    /// <summary>Where the PSP gives OAuth2 tokens.</summary>
    public string OAuthUrl { get; set; } = "";
    public string ClientId { get; set; } = "";

    /// <summary>What a token is asked for; empty: the PSP gives what the client may do.</summary>
    public string Scope { get; set; } = "cob.write cob.read pix.write pix.read webhook.write";

    /// <summary>The Pix key (chave DICT) that receives.</summary>
    public string Receiver { get; set; } = "";

    /// <summary>The PSP asks for mutual TLS: certificate and key are the secret <c>pix-client-certificate</c>.</summary>
    public bool ClientCertificate { get; set; }

    /// <summary>Our origin as the PSP reaches it; empty: the public one.</summary>
    public string WebhookOrigin { get; set; } = "";

    /// <summary>False: the PSP takes the webhook's address by hand only.</summary>
    public bool RegisterWebhook { get; set; } = true;

    /// <summary>False: the PSP does not append <c>/pix</c> to the address, as the standard says.</summary>
    public bool AppendsPix { get; set; } = true;

    /// <summary>Between two tries to tell the PSP where its webhooks go.</summary>
    [Range(0.05, 3600)]
    public double WebhookRetrySeconds { get; set; } = 10;
}

/// <summary>Which providers there are, and that what they need is said.</summary>
internal sealed class PaymentsOptionsRules : IValidateOptions<PaymentsOptions>
{
    public ValidateOptionsResult Validate(string? name, PaymentsOptions options)
    {
        var wrong = Wrong(options).ToList();
        return wrong.Count > 0 ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Wrong(PaymentsOptions options) =>
        options.PixApi.BaseUrl.Length == 0 && options.Stripe.BaseUrl.Length == 0
            ?
            [
                "Nobody could pay: set Payments:PixApi:BaseUrl (a bank that takes Pix), Payments:Stripe:BaseUrl (cards) or both.",
            ]
            : Wrong(options.PixApi).Concat(Wrong(options.Stripe));

    private static IEnumerable<string> Wrong(StripeOptions stripe)
    {
        if (stripe.BaseUrl.Length == 0)
            yield break;
        if (!IsAddress(stripe.BaseUrl))
            yield return "Payments:Stripe:BaseUrl must be an absolute http(s) address.";
        if (
            stripe.CurrencyList.Count == 0
            || stripe.CurrencyList.Any(c => c.Length != 3 || !c.All(char.IsAsciiLetterUpper))
        )
            yield return "Payments:Stripe:Currencies must be ISO 4217 codes with spaces between them, as BRL USD.";
    }

    private static IEnumerable<string> Wrong(PixApiOptions pix)
    {
        if (pix.BaseUrl.Length == 0)
            yield break;
        if (!IsAddress(pix.BaseUrl))
            yield return "Payments:PixApi:BaseUrl must be an absolute http(s) address.";
        if (!IsAddress(pix.OAuthUrl))
            yield return "Payments:PixApi:OAuthUrl must be an absolute http(s) address.";
        if (pix.ClientId.Length == 0)
            yield return "Payments:PixApi:ClientId is missing: the client id that the bank gave.";
        if (pix.Receiver.Length is 0 or > PixApiOptions.MaxReceiver)
            yield return $"Payments:PixApi:Receiver is missing or longer than {PixApiOptions.MaxReceiver}: the Pix key that receives.";
        if (pix.WebhookOrigin.Length > 0 && !IsAddress(pix.WebhookOrigin))
            yield return "Payments:PixApi:WebhookOrigin must be an absolute http(s) address.";
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}

/// <summary>Cards, by Stripe; without a base address no card is taken.</summary>
public sealed class StripeOptions
{
    /// <summary>Stripe's own is <c>https://api.stripe.com</c>.</summary>
    public string BaseUrl { get; set; } = "";

    /// <summary>What the account takes: ISO 4217 codes with spaces between them.</summary>
    public string Currencies { get; set; } = "BRL";

    internal IReadOnlyList<string> CurrencyList => Currencies.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
