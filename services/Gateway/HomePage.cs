using System.Text;

namespace Ticketing.Gateway;

/// <summary>What one sees at the bare origin: where to go from here.</summary>
internal static class HomePage
{
    public static void MapHomePage(this WebApplication app) =>
        app.MapGet(
                "/",
                (HttpContext context, Microsoft.Extensions.Options.IOptions<GatewayOptions> options) =>
                {
                    context.Response.Headers.ContentSecurityPolicy =
                        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
                    return Results.Content(Html(options.Value), "text/html; charset=utf-8", Encoding.UTF8);
                }
            )
            .AllowAnonymous()
            .ExcludeFromDescription();

    private static string Html(GatewayOptions options) =>
        $$"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Ticketing</title>
            <style>
              :root { color-scheme: light dark; }
              body { font: 1.05rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem; }
              h1 { margin-bottom: 0; } li { margin: .4rem 0; }
            </style>
            <h1>Ticketing</h1>
            <p>Tickets for live events: never a seat twice, never money without a ticket.</p>
            <ul>
              <li><a href="/docs">How to use the API</a>, its <a href="/docs/reference/">reference</a> and its <a href="/openapi/v1.json">OpenAPI 3.1 document</a></li>
              <li><a href="/api/v1/events">Events on sale</a></li>
              <li><a href="/.well-known/openid-configuration">OpenID provider</a></li>
              {{(
                options.DevPages
                    ? "<li><a href=\"/dev/mail\">Mails that were sent</a> (this machine only)</li>"
                    : ""
            )}}
            </ul>
            </html>
            """;
}
