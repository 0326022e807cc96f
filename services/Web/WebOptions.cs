using System.ComponentModel.DataAnnotations;

namespace Ticketing.Web;

/// <summary>Section <c>Web</c>.</summary>
public sealed class WebOptions
{
    public const string Section = "Web";

    /// <summary>Where nothing tells the currency.</summary>
    public const string UsualCurrency = "BRL";

    /// <summary>The OpenID client that these pages are.</summary>
    [Required]
    public string ClientId { get; set; } = "ticketing-web";

    /// <summary>Of a confidential client; the embedded provider's is a public one with PKCE.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>
    /// The provider is our own (Users): asked through the sidecar, and it has pages for accounts and passwords.
    /// </summary>
    public bool EmbeddedProvider { get; set; } = true;

    /// <summary>What an event's first price is in: one of <c>Events__Currencies</c>, ISO 4217.</summary>
    [RegularExpression("^[A-Z]{3}$")]
    public string Currency { get; set; } = UsualCurrency;

    /// <summary>Somebody takes Pix here; shown where the price is in reais.</summary>
    public bool Pix { get; set; } = true;

    /// <summary>Cards are typed into Stripe's own fields: the account's publishable key (pk_…); empty: none is taken.</summary>
    [RegularExpression("^(pk_[A-Za-z0-9_]{1,200})?$")]
    public string StripePublishableKey { get; set; } = "";

    /// <summary>Stripe's script in the browser, or its stand-in's at this origin.</summary>
    [RegularExpression(@"^(https://js\.stripe\.com)?/([A-Za-z0-9_.-]+/?)*$")]
    public string StripeScript { get; set; } = "https://js.stripe.com/v3/";

    /// <summary>Offers the sandbox's test cards and its bank. Never in production.</summary>
    public bool Sandbox { get; set; }
}
