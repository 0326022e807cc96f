using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Ticketing.Local.Seeding;
using Ticketing.System.Tests;
using Ticketing.TestKit;
using Ticketing.Users.Factors;

namespace Ticketing.Web.Tests;

using Buyer = Ticketing.System.Tests.Buyer;

/// <summary>
/// Where a page is, and all of it there. Playwright's own waits look first and listen then: on a busy machine what happens between
/// the two is missed.
/// </summary>
internal static class Whereabouts
{
    /// <param name="page">The browser's tab.</param>
    /// <param name="path">With * for what has no slash, and ** for anything.</param>
    public static Task AtAsync(this IPage page, string path) =>
        page.AtAsync(
            new Regex(
                $"^{Regex.Escape(path).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal)}$"
            )
        );

    public static Task AwayFromProviderAsync(this IPage page) => page.AtAsync(new Regex("^(?!.*/(account|auth)/)"));

    public static async Task AtAsync(this IPage page, Regex address)
    {
        await Assertions.Expect(page).ToHaveURLAsync(address);
        await page.AllThereAsync();
    }

    /// <summary>The page it is at, to its end: a press waits for the next one's beginning alone.</summary>
    public static Task AllThereAsync(this IPage page) =>
        Assertions.Expect(page.Locator("html")).ToHaveJSPropertyAsync("ownerDocument.readyState", "complete");
}

/// <summary>Somebody at a browser. What the browser complains of (scripts, the content policy) fails the scenario.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private const int MaxCalls = 3;
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private readonly IBrowserContext context;
    private readonly bool touches;
    private readonly ConcurrentQueue<string> complaints = new();

    private Visitor(IBrowserContext context, IPage page, bool touches)
    {
        this.context = context;
        this.touches = touches;
        Page = page;
        page.PageError += (_, error) => complaints.Enqueue(error);
        page.Dialog += (_, dialog) =>
        {
            // A page of ours may ask whether to leave it; it has nothing else to say so.
            if (dialog.Type != DialogType.BeforeUnload)
                complaints.Enqueue($"dialog: {dialog.Message}");
        };
        page.Console += (_, line) =>
        {
            if (line.Text.Contains("Content Security Policy", StringComparison.Ordinal))
                complaints.Enqueue(line.Text);
        };
        page.Response += (_, response) =>
        {
            if (response.Request.Method == "GET" && CallsOf(response) > MaxCalls)
                complaints.Enqueue($"{response.Url} asked the API {CallsOf(response)} times");
        };
    }

    /// <summary>Of the API, for this page.</summary>
    public static int CallsOf(IResponse response) =>
        response.Headers.TryGetValue("server-timing", out var told)
        && Regex.Match(told, "^api;desc=\"([0-9]+) calls\"$") is { Success: true } calls
            ? int.Parse(calls.Groups[1].Value, CultureInfo.InvariantCulture)
            : 0;

    public IPage Page { get; }

    public static async Task<Visitor> OpenAsync(IBrowserContext context, bool touches) =>
        new(context, await context.NewPageAsync(), touches);

    public async Task<IResponse> GoAsync(string path) => (await Page.GotoAsync(path))!;

    public Task<string> TextAsync(string selector = "main") => Page.Locator(selector).First.InnerTextAsync();

    /// <summary>Sooner or later: a page may be on its way.</summary>
    public Task SeesAsync(string text, string selector = "main") =>
        Assertions.Expect(Page.Locator(selector).First).ToContainTextAsync(text);

    public Task PressAsync(string name, AriaRole role = AriaRole.Button) =>
        PressAsync(Page.GetByRole(role, new() { Name = name, Exact = true }).First);

    /// <summary>By a finger on a phone, whose pages are no wider than it is.</summary>
    public async Task PressAsync(ILocator target)
    {
        if (!touches)
        {
            await target.ClickAsync();
            return;
        }
        await target.WaitForAsync();
        await Assertions.Expect(Page.Locator("html")).ToHaveJSPropertyAsync("scrollWidth", Page.ViewportSize!.Width);
        await target.TapAsync();
    }

    /// <summary>Than its window.</summary>
    public async Task AssertNotWiderAsync() =>
        Assert.True(
            await Page.EvaluateAsync<bool>(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            ),
            $"{Page.Url} is wider than its window"
        );

    /// <summary>At the provider's page, wherever it was led there from.</summary>
    public Task SignInAsync(Buyer buyer) => SignInAsync(buyer.Email, Buyer.Password);

    public async Task SignInAsync(string email, string password)
    {
        await Page.AtAsync("**/account/login**");
        await Page.FillAsync("#email", email);
        await Page.FillAsync("#password", password);
        await Page.ClickAsync("button[type=submit]");
        await Page.AwayFromProviderAsync();
    }

    public async Task SignInFirstAsync(Buyer buyer)
    {
        await GoAsync("/entrar");
        await SignInAsync(buyer);
    }

    /// <summary>For the first time as somebody who needs a second proof.</summary>
    public async Task SetUpAppAsync(SeedLogin person)
    {
        await GoAsync("/entrar");
        await Page.AtAsync("**/account/login**");
        await Page.FillAsync("#email", person.Email);
        await Page.FillAsync("#password", person.Password);
        await Page.ClickAsync("button[type=submit]");
        await Page.AtAsync("**/account/security**");
        var app = Page.Locator("section[aria-labelledby=app]");
        await app.Locator("button").ClickAsync();
        var secret = await app.Locator("code").InnerTextAsync();
        await Page.FillAsync(
            "#code",
            Totp.CodeAt(secret.Replace(" ", "", StringComparison.Ordinal), TimeProvider.System.GetUtcNow())
        );
        await app.Locator("button").ClickAsync();
        await Page.Locator("a.go").ClickAsync();
        await Page.AwayFromProviderAsync();
    }

    /// <summary>So many of the first ticket type.</summary>
    public async Task ChooseAsync(Show show, int quantity = 1)
    {
        await GoAsync(WebSystem.PathOf(show));
        await Page.FillAsync("input[type=number]", $"{quantity}");
        await Page.Locator(".buy-bar button").ClickAsync();
    }

    /// <summary>Holds, and is at the checkout.</summary>
    public async Task HoldAsync(Show show, int quantity = 1)
    {
        await ChooseAsync(show, quantity);
        await Page.AtAsync("**/reservas/**");
    }

    /// <summary>Sooner or later: a script may be at it.</summary>
    public Task CountsAsync(string script, int count) =>
        Eventually.TrueAsync(async () => await Page.EvaluateAsync<int>(script) == count);

    /// <summary>By the Tab key alone, as far as the page goes once around.</summary>
    public async Task TabToAsync(string selector)
    {
        var wanted = Page.Locator(selector).First;
        await wanted.WaitForAsync();
        for (var presses = 0; presses < 200; presses++)
        {
            if (await wanted.EvaluateAsync<bool>("element => element === document.activeElement"))
                return;
            await Page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"No Tab leads to {selector} at {Page.Url}.");
    }

    public async Task PressEnterAtAsync(string selector)
    {
        await TabToAsync(selector);
        await Page.Keyboard.PressAsync("Enter");
    }

    /// <summary>The map's editor has taken over from the plain form.</summary>
    public Task DrawsAsync() =>
        Page.Locator("#seat-editor:not([hidden])").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    public async Task OrderAsync(string? card = null)
    {
        if (card is not null)
        {
            await Page.CheckAsync("input[value=card]");
            await Page.SelectOptionAsync("#card", card);
        }
        await PressAsync("Finalizar compra");
        await Page.AtAsync("**/pedidos/*");
    }

    /// <summary>Nothing that axe knows of is wrong, and nothing is wider than the narrowest phone.</summary>
    public async Task AssertAccessibleAsync()
    {
        await Page.AllThereAsync();
        // Deque's runner for Playwright opens a page more each time: two seconds, of which its rules take a tenth.
        foreach (var frame in Page.Frames)
            await frame.EvaluateAsync(Axe);
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await Page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            var violations = await Page.EvaluateAsync<string[]>(
                """
                async () => {
                  const { violations } = await axe.run({ resultTypes: ["violations"] });
                  return violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`);
                }
                """
            );
            Assert.True(violations.Length == 0, $"{Page.Url} {scheme}: {string.Join("; ", violations)}");
        }
        var size = Page.ViewportSize!;
        await Page.SetViewportSizeAsync(320, 640);
        await AssertNotWiderAsync();
        await Page.SetViewportSizeAsync(size.Width, size.Height);
    }

    public async ValueTask DisposeAsync()
    {
        await context.CloseAsync();
        Assert.Empty(complaints);
    }
}
