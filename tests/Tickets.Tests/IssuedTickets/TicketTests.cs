using System.Net;
using System.Net.Http.Json;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using Ticketing.Tickets.IssuedTickets;
using UglyToad.PdfPig;
using static Ticketing.Tickets.Tests.Wire;
using HoldView = Ticketing.Tickets.Holds.HoldView;

namespace Ticketing.Tickets.Tests.IssuedTickets;

public sealed class TicketTests(TicketsApp app)
{
    private async Task<(Show Show, Purchase Purchase)> BuyAsync(
        int quantity = 1,
        Guid? buyer = null,
        Show? given = null
    )
    {
        var show = given ?? new Show();
        var type = show.Standing(20);
        await app.SellAsync(show);
        return (show, await app.BuyAsync(show.SessionId, buyer, Some(type, quantity)));
    }

    private async Task<TicketView> TicketAsync(Guid owner, Guid id)
    {
        using var http = app.Person(owner);
        return await (await http.GetAsync($"/api/v1/tickets/{id}")).ReadAsync<TicketView>();
    }

    private Task<HttpResponseMessage> PdfAsync(string path) => app.Anonymous().GetAsync(path);

    private string[] Files(Guid ticket) =>
        [
            .. Directory
                .EnumerateFiles(app.System.Folder, "*.pdf", SearchOption.AllDirectories)
                .Where(f => f.Contains(ticket.ToString(), StringComparison.Ordinal)),
        ];

    [Fact]
    public async Task An_owner_sees_the_ticket_with_its_code_and_nobody_else_does()
    {
        var (show, purchase) = await BuyAsync();
        var id = purchase.Tickets[0].Id;

        var ticket = await TicketAsync(purchase.BuyerId, id);

        Assert.Equal(
            (purchase.OrderId, show.EventId, show.Title, "America/Sao_Paulo", TicketStatus.Valid),
            (ticket.OrderId, ticket.EventId, ticket.EventTitle, ticket.TimeZone, ticket.Status)
        );
        Assert.Equal(purchase.Tickets[0].PdfPath, ticket.PdfPath);
        using var other = app.Person();
        await (await other.GetAsync($"/api/v1/tickets/{id}")).ProblemAsync(404, "not-found");
        await (await other.GetAsync($"/api/v1/tickets/{id}/pdf")).ProblemAsync(404, "not-found");
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Anonymous().GetAsync($"/api/v1/tickets/{id}")).StatusCode);
    }

    [Fact]
    public async Task My_tickets_come_in_pages_newest_first_and_the_upcoming_ones_by_date()
    {
        var buyer = Guid.CreateVersion7();
        var now = TimeProvider.System.GetUtcNow();
        var (late, _) = await BuyAsync(2, buyer, new Show { StartsAt = now.AddDays(40) });
        var (soon, _) = await BuyAsync(2, buyer, new Show { StartsAt = now.AddDays(2) });
        var (past, _) = await BuyAsync(1, buyer, new Show());
        await app.ExecuteAsync(
            "UPDATE sessions SET starts_at = now() - interval '1 day' WHERE id = $1",
            past.SessionId
        );
        var (_, refunded) = await BuyAsync(1, buyer);
        await app.VoidAsync(refunded.OrderId);
        await BuyAsync();
        using var http = app.Person(buyer);

        async Task<List<TicketView>> AllAsync(string query)
        {
            var all = new List<TicketView>();
            string? next = null;
            do
            {
                var page = await (await http.GetAsync($"/api/v1/me/tickets?limit=2{query}{next}")).ReadAsync<
                    Page<TicketView>
                >();
                Assert.InRange(page.Items.Count, 1, 2);
                all.AddRange(page.Items);
                next = page.Next is null ? null : $"&cursor={page.Next}";
            } while (next is not null);
            return all;
        }

        var mine = await AllAsync("");
        Assert.Equal(6, mine.DistinctBy(t => t.Id).Count());
        Assert.Equal(mine.OrderByDescending(t => t.Id.ToString()).Select(t => t.Id), mine.Select(t => t.Id));
        var upcoming = await AllAsync("&upcoming=true");
        Assert.Equal(
            [soon.SessionId, soon.SessionId, late.SessionId, late.SessionId],
            upcoming.Select(t => t.SessionId)
        );
        await (await http.GetAsync("/api/v1/me/tickets?cursor=abc")).ProblemAsync(400, "invalid");
        await (await http.GetAsync("/api/v1/me/tickets?upcoming=true&cursor=YWJj")).ProblemAsync(400, "invalid");
        await (await http.GetAsync("/api/v1/me/tickets?limit=0")).ProblemAsync(400, "invalid");
        await (await http.GetAsync("/api/v1/me/tickets?upcoming=perhaps")).ProblemAsync(400, "invalid");
    }

    [Fact]
    public async Task A_link_with_another_key_opens_nothing()
    {
        var (_, purchase) = await BuyAsync();
        var link = purchase.Tickets[0].PdfPath;

        // "B" leaves bits that the base64 of 16 bytes cannot have; "!" is no base64 at all.
        foreach (var end in new[] { "A", "Q", "g", "w", "B", "!" })
            if (!link.EndsWith(end, StringComparison.Ordinal))
                await (await PdfAsync(link[..^1] + end)).ProblemAsync(404, "not-found");

        (await PdfAsync(link)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Names_that_hold_no_character_at_all_keep_no_order_from_its_documents()
    {
        var (show, _) = await BuyAsync(given: new Show { Title = "Noite\uFFFE de Choro" });
        var buyer = Guid.CreateVersion7();
        using var http = app.Person(buyer);
        var hold = await (await http.HoldAsync(show.SessionId, Some(show.Types[0].Id))).ReadAsync<HoldView>(201);
        var issued = await (
            await app.CommitAsync(hold.Id, buyer, new Attendee("Ana\uFFFE Lima", null))
        ).ReadAsync<Contracts.IssuedTickets>();

        using var pdf = PdfDocument.Open(
            await (await PdfAsync(issued.Tickets[0].PdfPath)).Content.ReadAsByteArrayAsync()
        );
        var text = string.Join(' ', pdf.GetPage(1).GetWords().Select(w => w.Text));
        Assert.Contains("Noite de Choro", text);
        Assert.Contains("Ana Lima", text);
    }

    [Fact]
    public async Task A_changed_event_makes_a_new_document()
    {
        var (show, purchase) = await BuyAsync();
        (await PdfAsync(purchase.Tickets[0].PdfPath)).EnsureSuccessStatusCode();
        show.Version++;
        show.Title = "Noite adiada";
        await app.System.DeliverAsync(AppIds.Tickets, new EventChanged(show.Snapshot()));

        using var pdf = PdfDocument.Open(
            await (await PdfAsync(purchase.Tickets[0].PdfPath)).Content.ReadAsByteArrayAsync()
        );

        Assert.Contains("Noite adiada", string.Join(' ', pdf.GetPage(1).GetWords().Select(w => w.Text)));
    }

    [Fact]
    public async Task A_document_is_for_its_owner_or_its_link_until_voided()
    {
        var (_, purchase) = await BuyAsync(2);
        var (path, other) = (purchase.Tickets[0].PdfPath, purchase.Tickets[1].PdfPath);
        var bare = path[..path.IndexOf('?', StringComparison.Ordinal)];
        using var owner = app.Person(purchase.BuyerId);
        (await owner.GetAsync(bare)).EnsureSuccessStatusCode();

        await (await PdfAsync(bare)).ProblemAsync(401, "unauthenticated");
        foreach (
            var key in (string[])
                [
                    "",
                    "x",
                    new('A', 22),
                    new('A', 101),
                    other[(other.IndexOf('=', StringComparison.Ordinal) + 1)..],
                    "%00",
                ]
        )
            Assert.Contains(
                (await PdfAsync($"{bare}?key={key}")).StatusCode,
                (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.BadRequest]
            );
        await (
            await PdfAsync(
                path.Replace(
                    purchase.Tickets[0].Id.ToString(),
                    Guid.CreateVersion7().ToString(),
                    StringComparison.Ordinal
                )
            )
        ).ProblemAsync(404, "not-found");

        await app.VoidAsync(purchase.OrderId);
        await (await PdfAsync(path)).ProblemAsync(410, "voided");
        await (await owner.GetAsync(bare)).ProblemAsync(410, "voided");
    }

    [Fact]
    public async Task What_is_paid_after_its_buyers_erasure_is_issued_without_a_name()
    {
        var (show, _) = await BuyAsync();
        // Before, at once and after: whichever comes first, no name is left.
        for (var i = 0; i < 8; i++)
        {
            var buyer = Guid.CreateVersion7();
            using var http = app.Person(buyer);
            var hold = await (await http.HoldAsync(show.SessionId, Some(show.Types[0].Id))).ReadAsync<HoldView>(201);
            var erased = new UserErased(buyer, DateTimeOffset.UnixEpoch);
            var erasing = app.System.DeliverAsync(AppIds.Tickets, erased);
            if (i == 0)
                await erasing;
            var committed = await app.CommitAsync(hold.Id, buyer, new Attendee("Zoé Simões", null));
            Assert.Equal(HttpStatusCode.OK, await erasing);

            var issued = await committed.ReadAsync<Contracts.IssuedTickets>();
            var view = await (await http.GetAsync($"/api/v1/tickets/{issued.Tickets[0].Id}")).ReadAsync<TicketView>();
            Assert.Equal("–", view.HolderName);
            if (i == 0)
                Assert.Equal("–", issued.Tickets[0].HolderName);
        }
    }

    [Fact]
    public async Task An_erased_persons_tickets_carry_no_name()
    {
        var (_, purchase) = await BuyAsync();
        var ticket = purchase.Tickets[0];
        (await PdfAsync(ticket.PdfPath)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => Task.FromResult(Files(ticket.Id).Length == 1));
        for (var i = 0; i < 2; i++)
            Assert.Equal(
                HttpStatusCode.OK,
                await app.System.DeliverAsync(
                    AppIds.Tickets,
                    new UserErased(purchase.BuyerId, DateTimeOffset.UnixEpoch)
                )
            );
        await Eventually.TrueAsync(() => Task.FromResult(Files(ticket.Id).Length == 0));
        using var pdf = PdfDocument.Open(await (await PdfAsync(ticket.PdfPath)).Content.ReadAsByteArrayAsync());
        Assert.DoesNotContain("Conceição", string.Join(' ', pdf.GetPage(1).GetWords().Select(w => w.Text)));
    }

    /// <summary>Row A-1 seat 2 is not row A seat 1-2.</summary>
    [Fact]
    public async Task No_two_seats_have_the_same_label()
    {
        SeatPlace[] places =
        [
            new("Plateia", "A-1", "2"),
            new("Plateia", "A", "1-2"),
            new("Plateia A", "1", "2"),
            new("Plateia", "A 1", "2"),
            new("Plateia", "A", "1 2"),
        ];
        Assert.Equal(places.Length, places.Select(p => p.Label()).Distinct().Count());
        foreach (var place in places)
        {
            Assert.Equal(place, SeatPlace.Of(place.Label()));
            var label = await app.ScalarAsync<string>(
                "SELECT seat_label($1, $2, $3)",
                place.Section,
                place.Row,
                place.Number
            );
            Assert.Equal(place.Label(), label);
        }
    }

    [Fact]
    public async Task The_tickets_of_an_order_are_one_document_in_the_orders_language()
    {
        var show = new Show();
        var type = show.Seated(2, 4);
        app.AddSeatMap(show.SeatMap());
        await app.SellAsync(show);
        var buyer = Guid.CreateVersion7();
        using var http = app.Person(buyer);
        var seats = show.SeatsOf(type);
        var hold = await (
            await http.HoldAsync(show.SessionId, Seats(type, seats[1], seats[2], seats[5]))
        ).ReadAsync<HoldView>(201);
        var issued = await (
            await app.CommitAsync(hold.Id, buyer, Locales.English)
        ).ReadAsync<Contracts.IssuedTickets>();
        Assert.Equal("Rua da Consolação, 1200", issued.Show!.VenueAddress);

        var link = issued.PdfPath!;
        using var anonymous = app.Anonymous();
        using (var pdf = PdfDocument.Open(await anonymous.GetByteArrayAsync(link)))
        {
            Assert.Equal(3, pdf.NumberOfPages);
            var text = string.Join(' ', pdf.GetPage(2).GetWords().Select(w => w.Text));
            foreach (var expected in new[] { "TICKET 2 OF 3", "SECTION", "ROW", "Plateia A 3", "7GK2M9QX", "R$150.00" })
                Assert.Contains(expected, text);
        }
        using (var phone = PdfDocument.Open(await anonymous.GetByteArrayAsync($"{link}&size=phone")))
            Assert.Equal(360, phone.GetPage(1).Width);
        using (var mine = PdfDocument.Open(await http.GetByteArrayAsync($"/api/v1/tickets/pdf?orderId={hold.Id}")))
            Assert.Equal(3, mine.NumberOfPages);
        var list = link.Replace("/pdf", "", StringComparison.Ordinal);
        var listed = (await (await anonymous.GetAsync(list)).ReadAsync<Page<TicketView>>()).Items;
        Assert.Equal(issued.Tickets.Select(t => t.Id), listed.Select(t => t.Id));
        Assert.All(listed, t => Assert.NotNull(t.Code));
        var views = await (await http.GetAsync($"/api/v1/tickets/{issued.Tickets[0].Id}")).ReadAsync<TicketView>();
        Assert.Equal((new SeatPlace("Plateia", "A", "2"), new Money(15_000, "BRL")), (views.Place, views.Price));

        using var stranger = app.Person();
        foreach (var path in new[] { $"/api/v1/tickets/pdf?orderId={hold.Id}", $"/api/v1/tickets?orderId={hold.Id}" })
        {
            await (await stranger.GetAsync(path)).ProblemAsync(404, "not-found");
            await (await anonymous.GetAsync(path)).ProblemAsync(401, "unauthenticated");
            await (await anonymous.GetAsync($"{path}&key=AAAAAAAAAAAAAAAAAAAAAA")).ProblemAsync(404, "not-found");
        }
        await (await anonymous.GetAsync($"{link}&size=a5")).ProblemAsync(400, "invalid");

        // The link is to what was bought, as long as it is the buyer's with its first code.
        (await http.PostAsync($"/api/v1/tickets/{issued.Tickets[0].Id}/reissue", null)).EnsureSuccessStatusCode();
        using (var left = PdfDocument.Open(await anonymous.GetByteArrayAsync(link)))
            Assert.Equal(2, left.NumberOfPages);
        listed = (await (await anonymous.GetAsync(list)).ReadAsync<Page<TicketView>>()).Items;
        Assert.Equal(issued.Tickets.Skip(1).Select(t => t.Id), listed.Select(t => t.Id));
        await app.VoidAsync(hold.Id);
        await (await anonymous.GetAsync(link)).ProblemAsync(410, "voided");
        await (await anonymous.GetAsync(list)).ProblemAsync(410, "voided");
    }
}
