using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.MailFolder;

/// <summary>
/// Reads the mails that were sent on this machine; only there when <c>Notifications:MailFolder</c> is set. Pages for
/// people, JSON (<c>Accept: application/json</c> or <c>?format=json</c>) for programs.
/// </summary>
internal static class MailFolderRoutes
{
    public const int PageSize = 100;

    /// <summary>How many of the newest mails a search by recipient looks at.</summary>
    private const int MaxSearched = 2_000;

    /// <summary>Our own pages run no script and load nothing but the frame.</summary>
    private const string PagePolicy =
        "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";

    /// <summary>A mail is somebody else's HTML: no script, no origin, nothing loaded; links open outside the frame.</summary>
    private const string MailPolicy =
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

    public static void MapMailFolder(this WebApplication app)
    {
        var folder = app.Services.GetRequiredService<IOptions<NotificationsOptions>>().Value.MailFolder;
        if (string.IsNullOrEmpty(folder))
            return;
        var box = new MailBox(Path.GetFullPath(folder));
        var renderer = app.Services.GetRequiredService<ComponentRenderer>();
        var pages = app.MapGroup("/dev/mail").AllowAnonymous().ExcludeFromDescription();
        pages.MapGet(
            "",
            (string? to, string? cursor, string? format, HttpContext http, CancellationToken ct) =>
                ListAsync(box, renderer, to, cursor, format, http, ct)
        );
        pages.MapGet(
            "/{name}",
            (string name, string? format, HttpContext http, CancellationToken ct) =>
                ShowAsync(box, renderer, name, format, http, ct)
        );
        pages.MapGet(
            "/{name}/html",
            (string name, HttpContext http, CancellationToken ct) => BodyAsync(box, name, http, ct)
        );
    }

    private static async Task<IResult> ListAsync(
        MailBox box,
        ComponentRenderer renderer,
        string? to,
        string? cursor,
        string? format,
        HttpContext http,
        CancellationToken ct
    )
    {
        var before = string.IsNullOrEmpty(cursor) ? null : Cursor.Decode(cursor);
        var names = box.Names().Where(n => before is null || string.CompareOrdinal(n, before) < 0).Take(MaxSearched);
        var rows = new List<MailSummary>();
        foreach (var name in names)
        {
            if (rows.Count > PageSize)
                break;
            if (
                await box.FindAsync(name, ct) is { } mail
                && (string.IsNullOrEmpty(to) || mail.To.Contains(to, StringComparison.OrdinalIgnoreCase))
            )
                rows.Add(new(mail.Id, mail.From, mail.To, mail.Subject, mail.Date));
        }
        var page = Page.Of(rows, PageSize, row => row.Id);
        if (WantsJson(http, format))
            return TypedResults.Ok(page);
        var html = await renderer.RenderAsync<MailListPage>(
            new() { [nameof(MailListPage.Mails)] = page, [nameof(MailListPage.To)] = to }
        );
        return PageOf(http, html, PagePolicy);
    }

    private static async Task<IResult> ShowAsync(
        MailBox box,
        ComponentRenderer renderer,
        string name,
        string? format,
        HttpContext http,
        CancellationToken ct
    )
    {
        var mail = await box.FindAsync(name, ct) ?? throw ProblemException.NotFound("mail");
        if (WantsJson(http, format))
            return TypedResults.Ok(mail);
        var html = await renderer.RenderAsync<MailPage>(new() { [nameof(MailPage.Mail)] = mail });
        return PageOf(http, html, PagePolicy);
    }

    private static async Task<IResult> BodyAsync(MailBox box, string name, HttpContext http, CancellationToken ct)
    {
        var html = (await box.FindAsync(name, ct))?.Html ?? throw ProblemException.NotFound("mail");
        http.Response.Headers.XFrameOptions = "SAMEORIGIN";
        return PageOf(http, html, MailPolicy);
    }

    private static bool WantsJson(HttpContext http, string? format)
    {
        http.Response.Headers.Vary = HeaderNames.Accept;
        if (format is not null)
            return format == "json";
        var accepted = http.Request.GetTypedHeaders().Accept;
        return accepted.Any(a => a.MediaType == "application/json") && !accepted.Any(a => a.MediaType == "text/html");
    }

    private static ContentHttpResult PageOf(HttpContext http, string html, string policy)
    {
        http.Response.Headers.ContentSecurityPolicy = policy;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        return TypedResults.Content(html, "text/html; charset=utf-8");
    }
}
