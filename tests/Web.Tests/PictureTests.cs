using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Ticketing.Local.Seeding;
using Ticketing.System.Tests;
using Ticketing.TestKit;

namespace Ticketing.Web.Tests;

/// <summary>The README's pictures, of the demo's own data: <c>UPDATE_SNAPSHOTS=1</c> takes them anew.</summary>
[Collection(WebPages.Name)]
public sealed partial class PictureTests(WebSystem system)
{
    private static readonly string Folder = Path.Combine(TestSystem.RepositoryRoot, "services", "Web", "pictures");
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G'];

    [Fact]
    public async Task The_READMEs_pictures_can_be_taken()
    {
        await using var visitor = await system.VisitAsync();
        await visitor.Page.SetViewportSizeAsync(1280, 800);
        await visitor.GoAsync(await system.PathOfAsync("compadecida"));
        await visitor.Page.Locator(".date .button").First.ClickAsync();
        await visitor.Page.Locator(".seat:not([aria-disabled=true])").Nth(15).ClickAsync();
        await visitor.Page.Locator(".seat:not([aria-disabled=true])").Nth(16).ClickAsync();
        await visitor.Page.Locator(".seat-tabs").EvaluateAsync("room => room.scrollIntoView()");
        await TakeAsync(visitor, "seats.png");

        // Some of the demo's tickets are sold; the organizer sees how many.
        using var organizer = await system.LogInAsync(SeedLogins.Organizer);
        var path = await system.PathOfAsync("vinil");
        var show = await organizer.GetAsync($"/api/v1/events/{path.Split('/')[^1]}", default);
        var session = show["sessions"]![0]!;
        var sold = new Show(show.Id(), session.Id(), session["ticketTypes"]![0]!.Id(), null);
        foreach (var places in new[] { 2, 4, 3 })
        {
            var buyer = await system.BuyerAsync();
            var order = await buyer.OrderAsync(await buyer.HoldAsync(sold, places), "card", "tok_approve");
            await buyer.WaitForStatusAsync(order, "fulfilled");
        }
        await visitor.GoAsync("/organizar");
        await visitor.SignInAsync(SeedLogins.Organizer.Email, SeedLogins.Organizer.Password);
        await visitor.PressAsync("Aurora Produções", AriaRole.Link);
        await visitor.Page.AtAsync("**/organizar/*");
        await Eventually.TrueAsync(async () =>
        {
            await visitor.Page.ReloadAsync();
            return await visitor.Page.Locator(".tile").First.GetByText(Sold()).CountAsync() > 0;
        });
        await TakeAsync(visitor, "organizer.png");

        await visitor.Page.SetViewportSizeAsync(420, 800);
        await visitor.Page.AddInitScriptAsync(DoorTests.Patient);
        await visitor.GoAsync($"/portaria/{session.Id()}");
        var last = await organizer.GetAsync($"/api/v1/orders?eventId={show.Id()}&limit=1", default);
        var tickets = await organizer.GetAsync($"/api/v1/orders/{last["items"]![0]!.Id()}", default);
        await visitor.Page.FillAsync("#code", tickets["tickets"]![0]!.Text("number"));
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.Page.WaitForSelectorAsync(".outcome.good");
        await TakeAsync(visitor, "door.png");
    }

    [GeneratedRegex("^([2-9]|[1-9][0-9]+) ingressos")]
    private static partial Regex Sold();

    private static async Task TakeAsync(Visitor visitor, string name)
    {
        var picture = await visitor.Page.ScreenshotAsync();
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Folder);
            await File.WriteAllBytesAsync(Path.Combine(Folder, name), picture);
        }
        Assert.Equal(Png, picture[..4]);
        Assert.Equal(Png, (await File.ReadAllBytesAsync(Path.Combine(Folder, name)))[..4]);
        foreach (var readme in new[] { "README.md", "README.pt-BR.md" })
            Assert.Contains(
                $"services/Web/pictures/{name}",
                await File.ReadAllTextAsync(Path.Combine(TestSystem.RepositoryRoot, readme))
            );
    }
}
