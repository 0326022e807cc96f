namespace Ticketing.Contracts;

/// <summary>Dapr app ids: one a service.</summary>
public static class AppIds
{
    public const string Gateway = "gateway";
    public const string Users = "users";
    public const string Events = "events";
    public const string Tickets = "tickets";
    public const string Products = "products";
    public const string Orders = "orders";
    public const string Payments = "payments";
    public const string Notifications = "notifications";

    /// <summary>The pages: a client of the others' public API.</summary>
    public const string Web = "web";

    /// <summary>The sandbox payment provider: another company's system in all but name. Not in production.</summary>
    public const string Sandbox = "sandbox";
}

/// <summary>Dapr component names.</summary>
public static class Components
{
    public const string PubSub = "pubsub";
    public const string StateStore = "statestore";
    public const string TicketFiles = "ticket-files";
    public const string Email = "email";
    public const string SecretStore = "secretstore";
}

/// <summary>Names in the secret store; each holds one value under its own name.</summary>
public static class SecretNames
{
    /// <summary>PEM (PKCS#8) of P-256 keys: the first signs ticket codes, all verify them.</summary>
    public const string TicketSigningKey = "ticket-signing-key";

    /// <summary>PEM (PKCS#8) of RSA keys: the first signs the embedded OpenID provider's tokens, all are in its JWKS.</summary>
    public const string OidcSigningKey = "oidc-signing-key";

    /// <summary>
    /// Keys of 32 bytes, base64, one a line: the first encrypts personal data at rest and makes its blind indexes, all read.
    /// </summary>
    public const string PersonalDataKey = "personal-data-key";

    /// <summary>
    /// Keys of 32 bytes, base64, one a line, of links that work without a login (ticket PDFs): the first makes them, all open
    /// them.
    /// </summary>
    public const string LinkKey = "link-key";

    /// <summary>32 bytes, base64: the keys of the pages' cookies, forms and sessions are derived from it.</summary>
    public const string WebSessionKey = "web-session-key";

    /// <summary>The OAuth2 client secret at the bank that takes Pix.</summary>
    public const string PixClientSecret = "pix-client-secret";

    /// <summary>The path of the Pix bank's webhooks is made of it: their standard knows no signature.</summary>
    public const string PixWebhookSecret = "pix-webhook-secret";

    /// <summary>
    /// PEM: the client certificate, its private key and the chain, for the bank that takes Pix. Read only where
    /// <c>Payments:PixApi:ClientCertificate</c> says so.
    /// </summary>
    public const string PixClientCertificate = "pix-client-certificate";

    /// <summary>The signing secret of the card processor's webhooks.</summary>
    public const string StripeWebhookSecret = "stripe-webhook-secret";

    /// <summary>The key with which Payments calls the card processor.</summary>
    public const string StripeApiKey = "stripe-api-key";
}
