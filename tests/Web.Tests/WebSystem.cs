using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Ticketing.Local.Seeding;
using Ticketing.System.Tests;

namespace Ticketing.Web.Tests;

/// <summary>The whole system with its demo data, and Debian's Chromium to look at its pages with.</summary>
public sealed class WebSystem : TicketingSystem
{
    private static readonly string[] Places =
    [
        // Of the same engine, without what draws a window: half the processor's time.
        "/usr/bin/chromium-headless-shell",
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];
    public const float PatienceMilliseconds = 60_000;

    private readonly SemaphoreSlim starting = new(1);
    private IPlaywright? playwright;
    private IBrowser? browser;
    private string? administrator;

    public static string? Chromium { get; } = Places.FirstOrDefault(File.Exists);

    /// <summary>A phone, touched.</summary>
    internal static BrowserNewContextOptions Phone =>
        new()
        {
            ViewportSize = new() { Width = 390, Height = 844 },
            IsMobile = true,
            HasTouch = true,
            UserAgent =
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
        };

    /// <summary>A browser of its own for one scenario, at the home page's origin.</summary>
    internal async Task<Visitor> VisitAsync(BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(Chromium is null, $"No Chromium at {string.Join(", ", Places)}.");
        await starting.WaitAsync();
        try
        {
            playwright ??= await Playwright.CreateAsync();
            Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
            browser ??= await playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-dev-shm-usage"] }
            );
        }
        finally
        {
            starting.Release();
        }
        options ??= new();
        options.BaseURL = BaseUrl.AbsoluteUri;
        options.Locale ??= "pt-BR";
        options.ReducedMotion = ReducedMotion.Reduce;
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(PatienceMilliseconds);
        return await Visitor.OpenAsync(context, options.HasTouch is true);
    }

    /// <summary>
    /// The platform's administrator, signed in. Whoever administers proves it twice, and an app is set up at the first time
    /// alone: the session of that time is every scenario's.
    /// </summary>
    internal async Task<Visitor> AdminAsync(BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.StorageState = administrator;
        var visitor = await VisitAsync(options);
        if (administrator is null)
        {
            await visitor.SetUpAppAsync(SeedLogins.Admin);
            administrator = await visitor.Page.Context.StorageStateAsync();
        }
        return visitor;
    }

    /// <summary>Plain HTTP, without cookies and without following redirects.</summary>
    internal HttpClient Http() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = BaseUrl };

    /// <summary>The link of this form that somebody was sent; null: not yet.</summary>
    internal async Task<string?> MailedAsync(string to, string form)
    {
        using var api = new ApiClient(BaseUrl);
        var mails = await api.GetAsync($"/dev/mail?format=json&to={Uri.EscapeDataString(to)}", default);
        foreach (var item in mails["items"]!.AsArray())
        {
            var mail = await api.GetAsync($"/dev/mail/{item!.Text("id")}?format=json", default);
            if (Regex.Match(mail.Text("text"), form) is { Success: true } found)
                return found.Value;
        }
        return null;
    }

    /// <summary>Path of the demo's event whose title begins so.</summary>
    internal async Task<string> PathOfAsync(string words)
    {
        using var api = new ApiClient(BaseUrl);
        var found = await api.GetAsync($"/api/v1/events?q={Uri.EscapeDataString(words)}", default);
        return $"/eventos/{found["items"]![0]!.Text("slug")}";
    }

    internal static string PathOf(Show show) => $"/eventos/{show.EventId}/sessoes/{show.SessionId}";
}

[CollectionDefinition(Name)]
public sealed class WebPages : ICollectionFixture<WebSystem>
{
    public const string Name = "web";
}
