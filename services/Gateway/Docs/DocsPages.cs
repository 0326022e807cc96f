using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Gateway.Docs;

/// <summary>
/// <c>/docs</c>: how to begin, how to log in, every problem's meaning, webhooks; the reference of all operations, and the
/// sandbox apart from it.
/// </summary>
internal static class DocsPages
{
    private const string CacheControl = "public, max-age=300";

    private const string Style = """
        /* As the pages' own (services/Web/assets/site.css). */
        :root { color-scheme: light dark; --line: #8884; --soft: #8882; --paper: #faf9fc; --ink: #1b1829; --accent: #5b2bd6; }
        @media (prefers-color-scheme: dark) { :root { --paper: #12101b; --ink: #f3f1fa; --accent: #bda7ff; } }
        body { font: 1rem/1.6 system-ui, sans-serif; margin: 0; background: var(--paper); color: var(--ink); }
        a { color: var(--accent); }
        .brand { margin: 0; padding: .35rem .6rem; font-weight: 700; }
        .page { display: grid; grid-template-columns: 13rem minmax(0, 46rem); gap: 3rem; max-width: 66rem; margin: auto;
          padding: 2rem 1.5rem 6rem; }
        nav ul { list-style: none; padding: 0; position: sticky; top: 2rem; margin: .5rem 0; }
        nav a { display: block; padding: .35rem .6rem; border-radius: .4rem; text-decoration: none; color: inherit; }
        nav a:hover, nav a[aria-current] { background: var(--soft); } nav a[aria-current] { font-weight: 600; }
        h1 { margin: 0 0 1rem; line-height: 1.2; } h2 { margin: 2.2rem 0 .4rem; font-size: 1.2rem; }
        section h2 a { color: inherit; text-decoration: none; } .code { font-family: ui-monospace, monospace; }
        section:target { background: var(--soft); border-radius: .5rem; padding: .1rem 1rem; margin: 0 -1rem; }
        small { font-weight: 400; opacity: .7; }
        code, pre { font: .9em/1.5 ui-monospace, monospace; } code { background: var(--soft); padding: .1em .3em; border-radius: .25em; overflow-wrap: anywhere; }
        pre { background: var(--soft); padding: .9rem 1rem; border-radius: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: .6rem 0; }
        pre.call { border-left: 4px solid var(--accent); border-radius: 0 .5rem .5rem 0; padding: .5rem 1rem; }
        table { border-collapse: collapse; } th, td { text-align: left; padding: .4rem 1rem .4rem 0; border-bottom: 1px solid var(--line); }
        section h3 { margin: 1.6rem 0 .4rem; font: 600 1rem ui-monospace, monospace; }
        dt { margin-top: .8rem; overflow-wrap: anywhere; } dd { margin: .1rem 0 0 1rem; }
        .operations { padding: 0; list-style: none; } .operations li { margin: .5rem 0; } .operations code { display: block; background: none; padding: 0; }
        @media (max-width: 45rem) { .page { display: block; } nav ul { position: static; display: flex; flex-wrap: wrap; } }
        """;

    /// <summary>Nothing but this very style sheet.</summary>
    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private sealed record Page(string Path, string Title, string File);

    private static readonly Page[] Guides =
    [
        new("/docs", "Getting started", "getting-started"),
        new("/docs/authentication", "Authentication", "authentication"),
        new(Problems.DocsPath, "Errors", ""),
        new("/docs/webhooks", "Webhooks", "webhooks"),
    ];

    private static readonly Page Reference = new("/docs/reference", "API reference", "");
    private static readonly Page Sandbox = new("/docs/sandbox", "Sandbox", "sandbox");

    public static void MapDocs(this WebApplication app, GatewayOptions options)
    {
        var origin = app.Services.GetRequiredService<IOptions<PublicOptions>>().Value.BaseUrl;
        Page[] menu = [.. Guides, Reference, .. options.Sandbox ? [Sandbox] : Array.Empty<Page>()];
        foreach (var page in menu.Except([Reference]))
        {
            var body =
                page.File.Length == 0 ? Errors() : Read(page.File).Replace("{{base}}", WebUtility.HtmlEncode(origin));
            var html = Frame(page, page.Title, menu, body);
            app.MapGet(page.Path, (HttpContext context) => Answered(context, html)).AllowAnonymous();
        }
        MapReference(app, Reference, menu, ApiDocument.Public, Reference.Path, Reference.Title);
        if (options.Sandbox)
            MapReference(app, Sandbox, menu, ApiDocument.Sandbox, $"{Sandbox.Path}/reference", "Sandbox reference");
    }

    private static void MapReference(
        WebApplication app,
        Page current,
        Page[] menu,
        ApiDocument document,
        string path,
        string title
    )
    {
        // Made when somebody first reads them: most replicas are never asked.
        var pages = new Lazy<ReferencePages>(() => new(document.Read(), path, document.Path, title));
        app.MapGet(path, (HttpContext context) => Answered(context, Frame(current, title, menu, pages.Value.List)))
            .AllowAnonymous();
        app.MapGet(
                path + "/{operation}",
                (HttpContext context, string operation) =>
                    pages.Value.Find(operation) is var (summary, body)
                        ? Answered(context, Frame(current, summary, menu, body))
                        : throw ProblemException.NotFound("operation")
            )
            .AllowAnonymous();
    }

    private static IResult Answered(HttpContext context, string html)
    {
        context.Response.Headers.CacheControl = CacheControl;
        context.Response.Headers.ContentSecurityPolicy = Policy;
        return Results.Content(html, "text/html; charset=utf-8", Encoding.UTF8);
    }

    private static string Read(string file)
    {
        using var stream = typeof(DocsPages).Assembly.GetManifestResourceStream($"{file}.html")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Errors()
    {
        var html = new StringBuilder(
            """
            <h1>Errors</h1>
            <p>A refusal is <code>application/problem+json</code> (RFC 9457). Branch on its <code>type</code>, which leads to the
            section below; a code keeps its meaning. <code>detail</code> is for people, <code>errors</code> names fields,
            <code>traceId</code> finds the request in our logs, and <code>Retry-After</code> says when it is worth another try.</p>
            <pre class="sample" data-kind="problem">{
              "type": "/docs/errors#sold-out",
              "title": "Conflict",
              "status": 409,
              "detail": "There are not enough tickets left.",
              "traceId": "0af7651916cd43dd8448eb211c80319c"
            }</pre>
            """
        );
        foreach (var problem in KnownProblems.All.OrderBy(p => p.Code, StringComparer.Ordinal))
            html.Append(
                CultureInfo.InvariantCulture,
                $"""

                <section id="{problem.Code}">
                <h2><a class="code" href="#{problem.Code}">{problem.Code}</a> <small>{problem.Status}</small></h2>
                <p>{WebUtility.HtmlEncode(problem.Meaning)} {WebUtility.HtmlEncode(problem.Remedy)}</p>
                </section>
                """
            );
        return html.ToString();
    }

    private static string Frame(Page current, string title, IEnumerable<Page> menu, string body)
    {
        var links = string.Concat(
            menu.Select(p =>
                $"<li><a href=\"{p.Path}\"{(p == current ? " aria-current=\"page\"" : "")}>{p.Title}</a></li>"
            )
        );
        return $$"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="data:,">
            <title>{{WebUtility.HtmlEncode(title)}} – Ticketing API</title>
            <style>{{Style}}</style>
            </head>
            <body><div class="page">
            <nav aria-label="Documentation"><p class="brand">Ticketing</p><ul>{{links}}</ul></nav>
            <main>
            {{body}}
            </main>
            </div></body>
            </html>
            """;
    }
}
