using Microsoft.Extensions.Options;

namespace Ticketing.Web.Hosting;

/// <summary>
/// What browsers may do with a page: our own scripts and styles from files, pictures of organizers over HTTPS, nothing
/// inline, no frames. Forms end at the origin, or at the identity provider that a form leads on to.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next, IConfiguration configuration, IOptions<WebOptions> options)
{
    private readonly string policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self'; "
        + $"manifest-src 'self'; form-action 'self'{Provider(configuration, options.Value)}; base-uri 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.TryAdd("Content-Security-Policy", policy);
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

    /// <summary>Browsers apply form-action to the redirects after a form, too: signing out may lead to another origin.</summary>
    private static string Provider(IConfiguration configuration, WebOptions options) =>
        options.EmbeddedProvider || configuration["Auth:Authority"] is not { } authority
            ? ""
            : " " + new Uri(authority).GetLeftPart(UriPartial.Authority);
}
