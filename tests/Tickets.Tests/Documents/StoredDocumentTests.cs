using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using Ticketing.Tickets.CheckIns;
using Ticketing.Tickets.Documents;
using UglyToad.PdfPig;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Documents;

public sealed class StoredDocumentTests(TicketsApp app)
{
    private static async Task<Purchase> BuyAsync(TicketsApp app, int quantity = 1)
    {
        var show = new Show();
        var type = show.Standing(20);
        await app.SellAsync(show);
        return await app.BuyAsync(show.SessionId, null, Some(type, quantity));
    }

    private static async Task<byte[]> PdfAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync();
    }

    private static string Bucket(TicketsApp app) => Path.Combine(app.System.Folder, "ticket-files");

    private static string[] Files(TicketsApp app, Guid ticket)
    {
        var folder = Path.Combine(Bucket(app), "tickets", ticket.ToString());
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.pdf") : [];
    }

    private static async Task<string> FileAsync(TicketsApp app, Guid ticket) =>
        Assert.Single(await Eventually.GetAsync(() => Task.FromResult(Files(app, ticket)), files => files.Length > 0));

    private static Task GoneAsync(TicketsApp app, Guid ticket) =>
        Eventually.TrueAsync(() => Task.FromResult(Files(app, ticket).Length == 0));

    [Fact]
    public async Task A_document_is_rendered_when_it_is_first_wanted_and_kept()
    {
        var purchase = await BuyAsync(app, 2);
        var ticket = purchase.Tickets[0];
        using var http = app.Anonymous();
        Assert.All(purchase.Tickets, t => Assert.Empty(Files(app, t.Id)));

        using var response = await http.GetAsync(ticket.PdfPath);
        Assert.Equal("application/pdf", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            $"inline; filename=\"ingresso-{ticket.Number}.pdf\"",
            response.Content.Headers.ContentDisposition?.ToString()
        );
        var first = await response.Content.ReadAsByteArrayAsync();
        var file = await FileAsync(app, ticket.Id);
        Assert.Empty(Files(app, purchase.Tickets[1].Id));
        await Eventually.TrueAsync(async () => (await File.ReadAllBytesAsync(file)).SequenceEqual(first));
        // A signature is another one each time: these are the stored bytes. A store that is slow is not waited for.
        await Eventually.HoldsAsync(async () =>
            Assert.Equal(await File.ReadAllBytesAsync(file), await PdfAsync(http, ticket.PdfPath))
        );
        using (var pdf = PdfDocument.Open(first))
        {
            var code = pdf.ReadQr();
            using var door = app.Person(null, "admin");
            var admitted = await (
                await door.PostAsJsonAsync("/api/v1/check-ins", new { code, gate = "A" })
            ).ReadAsync<CheckIn.Response>();
            Assert.Equal(ticket.Id, admitted.TicketId);
        }

        File.Delete(file);
        Assert.NotEqual(first, await PdfAsync(http, ticket.PdfPath));
        Assert.Equal(file, await FileAsync(app, ticket.Id));
    }

    [Fact]
    public async Task A_picture_that_Events_keeps_is_asked_for_there_and_printed()
    {
        var show = new Show();
        show.ImageUrl = $"{new PublicOptions().BaseUrl}/api/v1/events/{show.EventId}/picture?v=1";
        app.Pictures[show.EventId] = Jpegs.Baseline;
        var type = show.Standing(20);
        await app.SellAsync(show);
        var ticket = (await app.BuyAsync(show.SessionId, null, Some(type, 1))).Tickets[0];
        using var http = app.Anonymous();
        using var pdf = PdfDocument.Open(await PdfAsync(http, ticket.PdfPath));
        Assert.Equal(64, Assert.Single(pdf.GetPage(1).GetImages()).WidthInSamples);
    }

    [Fact]
    public async Task Many_who_want_it_first_get_the_same_one()
    {
        var ticket = (await BuyAsync(app)).Tickets[0];
        using var http = app.Anonymous();
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PdfAsync(http, ticket.PdfPath)));
        Assert.All(all, pdf => Assert.Equal(all[0], pdf));
    }

    [Fact]
    public async Task Two_replicas_may_render_it_at_once()
    {
        var purchase = await BuyAsync(app);
        var ticket = purchase.Tickets[0];
        var path = ticket.PdfPath[..ticket.PdfPath.IndexOf('?', StringComparison.Ordinal)];
        using var one = app.Person(purchase.BuyerId);
        using var two = app.Person(purchase.BuyerId);
        foreach (var pdf in await Task.WhenAll(PdfAsync(one, path), PdfAsync(two, path)))
        {
            using var page = PdfDocument.Open(pdf);
            Assert.NotNull(page.ReadQr());
        }
        await FileAsync(app, ticket.Id);
    }

    [Fact]
    public async Task A_voided_tickets_documents_go()
    {
        var purchase = await BuyAsync(app, 2);
        using var http = app.Anonymous();
        foreach (var ticket in purchase.Tickets)
        {
            await PdfAsync(http, ticket.PdfPath);
            await FileAsync(app, ticket.Id);
        }
        (await app.VoidAsync(purchase.OrderId)).EnsureSuccessStatusCode();
        foreach (var ticket in purchase.Tickets)
            await GoneAsync(app, ticket.Id);
    }

    [Fact]
    public async Task A_document_that_is_stored_after_its_ticket_was_voided_goes_too()
    {
        var purchase = await BuyAsync(app);
        var id = purchase.Tickets[0].Id;
        var services = app.System.Services(AppIds.Tickets);
        await using var scope = services.CreateAsyncScope();
        var valid = await scope
            .ServiceProvider.GetRequiredService<TicketsDb>()
            .Tickets.AsNoTracking()
            .Include(t => t.Session)
                .ThenInclude(s => s.Event)
            .SingleAsync(t => t.Id == id);
        (await app.VoidAsync(purchase.OrderId)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync<long>("SELECT count(*) FROM stale_documents WHERE ticket_id = $1", id) == 0
        );

        var folder = Directory.CreateDirectory(Path.Combine(Bucket(app), "tickets", id.ToString()));
        var stored = new TaskCompletionSource();
        using var watcher = new FileSystemWatcher(folder.FullName, "*.pdf");
        watcher.Created += (_, _) => stored.TrySetResult();
        watcher.Renamed += (_, _) => stored.TrySetResult();
        watcher.EnableRaisingEvents = true;
        await services.GetRequiredService<TicketDocuments>().GetAsync(valid, PageSize.A4, CancellationToken.None);
        await stored.Task;

        await GoneAsync(app, id);
    }

    [Fact]
    public async Task All_that_is_stored_of_a_ticket_goes_by_its_prefix()
    {
        var purchase = await BuyAsync(app);
        var ticket = purchase.Tickets[0];
        // As of a process with another layout of the page.
        var stray = Path.Combine(Bucket(app), "tickets", ticket.Id.ToString(), "1-stray.pdf");
        Directory.CreateDirectory(Path.GetDirectoryName(stray)!);
        await File.WriteAllTextAsync(stray, "x");
        (await app.VoidAsync(purchase.OrderId)).EnsureSuccessStatusCode();
        await GoneAsync(app, ticket.Id);
    }

    [Fact]
    public async Task Documents_are_served_without_the_bucket_and_kept_and_swept_when_it_is_back()
    {
        await using var own = await TicketsApp.StartAsync();
        var (kept, voided) = (await BuyAsync(own), await BuyAsync(own));
        var ticket = kept.Tickets[0];
        using var http = own.Anonymous();
        await PdfAsync(http, voided.Tickets[0].PdfPath);
        await FileAsync(own, voided.Tickets[0].Id);
        var aside = Bucket(own) + ".aside";
        Directory.Move(Bucket(own), aside);
        await File.WriteAllTextAsync(Bucket(own), "");

        using (var pdf = PdfDocument.Open(await PdfAsync(http, ticket.PdfPath)))
            Assert.NotNull(pdf.ReadQr());
        (await own.VoidAsync(voided.OrderId)).EnsureSuccessStatusCode();

        File.Delete(Bucket(own));
        Directory.Move(aside, Bucket(own));
        await Eventually.TrueAsync(async () =>
        {
            await PdfAsync(http, ticket.PdfPath);
            return Files(own, ticket.Id).Length == 1;
        });
        await GoneAsync(own, voided.Tickets[0].Id);
    }
}
