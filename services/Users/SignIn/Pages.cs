using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Ticketing.Users.OpenId;

namespace Ticketing.Users.SignIn;

/// <summary>The few pages of this service: plain forms; a script only where a passkey is used.</summary>
internal static class Pages
{
    private const int FileSeconds = 3600;
    private static readonly byte[] Css = Read("login.css");
    private static readonly byte[] Passkey = Read("passkey.js");

    public static RazorComponentResult Render<TPage>(
        HttpContext http,
        IReadOnlyDictionary<string, object?> parameters,
        int status = StatusCodes.Status200OK,
        bool withScript = false
    )
        where TPage : IComponent
    {
        // After a form browsers apply form-action to the redirects, too: those that end at a client.
        var clients = http.RequestServices.GetRequiredService<IOptions<UsersOptions>>().Value;
        var origin = http.RequestServices.GetRequiredService<PublicOrigin>();
        var targets = string.Join(' ', Clients.RedirectOrigins(clients, origin));
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'self'; {(withScript ? "script-src 'self'; " : "")}form-action 'self' {targets}; base-uri 'none'; frame-ancestors 'none'";
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        return new RazorComponentResult<TPage>(parameters) { StatusCode = status, PreventStreamingRendering = true };
    }

    public static FileContentHttpResult Style(HttpResponse response) => File(response, Css, "text/css; charset=utf-8");

    public static FileContentHttpResult PasskeyScript(HttpResponse response) =>
        File(response, Passkey, "text/javascript; charset=utf-8");

    private static FileContentHttpResult File(HttpResponse response, byte[] content, string type)
    {
        response.Headers.CacheControl = $"public, max-age={FileSeconds}";
        return TypedResults.File(content, type);
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(Pages).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
