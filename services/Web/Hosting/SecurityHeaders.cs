using Microsoft.Extensions.Options;
using Ticketing.Web.SignIn;

namespace Ticketing.Web.Hosting;

/// <summary>
/// What browsers may do with a page: our own scripts, styles and pictures, nothing inline, no
/// frames. A session's door may compile its code reader, nothing else anything; where one pays, the card's fields are
/// Stripe's (docs.stripe.com/security/guide). Forms end at the origin, or at the identity provider that a form leads on to.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next, ProviderOrigins provider, IOptions<WebOptions> options)
{
    private const string DoorPath = "/portaria/";
    private const string Stripe = "https://js.stripe.com https://*.js.stripe.com";

    private readonly string policy = Policy("'self'");
    private readonly string doorPolicy = Policy("'self' 'wasm-unsafe-eval'");
    private readonly string payPolicy =
        options.Value.StripePublishableKey.Length > 0 && !options.Value.StripeScript.StartsWith('/')
            ? Policy(
                "'self' " + Stripe,
                $"frame-src {Stripe} https://hooks.stripe.com; connect-src 'self' https://api.stripe.com"
            )
            : Policy("'self'");

    private static string Policy(string scripts, string reach = "connect-src 'self'") =>
        $"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; {reach}; "
        + "manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.TryAdd(
                "Content-Security-Policy",
                string.Join(' ', [PolicyOf(context.Request.Path.Value ?? ""), .. provider.All])
            );
            headers.TryAdd("Referrer-Policy", "strict-origin-when-cross-origin");
            headers.TryAdd("X-Content-Type-Options", "nosniff");
            headers.TryAdd("X-Frame-Options", "DENY");
            headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
            // What says nothing is somebody's own page.
            headers.TryAdd("Cache-Control", "private, no-store");
            return Task.CompletedTask;
        });
        return next(context);
    }

    private string PolicyOf(string path) =>
        path.StartsWith(DoorPath, StringComparison.Ordinal) ? doorPolicy
        : path.StartsWith("/reservas/", StringComparison.Ordinal)
        || path.StartsWith("/pedidos/", StringComparison.Ordinal)
            ? payPolicy
        : policy;
}
