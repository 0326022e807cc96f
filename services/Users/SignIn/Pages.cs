using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Ticketing.Users.OpenId;

namespace Ticketing.Users.SignIn;

/// <summary>The few pages of this service: plain forms, no script.</summary>
internal static class Pages
{
    private const int StyleSeconds = 3600;
    private static readonly byte[] Css = ReadCss();

    public static RazorComponentResult Render<TPage>(
        HttpContext http,
        IReadOnlyDictionary<string, object?> parameters,
        int status = StatusCodes.Status200OK
    )
        where TPage : IComponent
    {
        // After a form browsers apply form-action to the redirects, too: those that end at a client.
        var clients = http.RequestServices.GetRequiredService<IOptions<UsersOptions>>().Value;
        var origin = http.RequestServices.GetRequiredService<PublicOrigin>();
        var targets = string.Join(' ', Clients.RedirectOrigins(clients, origin));
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'self'; form-action 'self' {targets}; base-uri 'none'; frame-ancestors 'none'";
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        return new RazorComponentResult<TPage>(parameters) { StatusCode = status, PreventStreamingRendering = true };
    }

    public static FileContentHttpResult Style(HttpResponse response)
    {
        response.Headers.CacheControl = $"public, max-age={StyleSeconds}";
        return TypedResults.File(Css, "text/css; charset=utf-8");
    }

    private static byte[] ReadCss()
    {
        using var stream = typeof(Pages).Assembly.GetManifestResourceStream("login.css")!;
        var css = new byte[stream.Length];
        stream.ReadExactly(css);
        return css;
    }
}
