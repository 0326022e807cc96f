using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using Ticketing.Tickets.CheckIns;
using Ticketing.Tickets.IssuedTickets;
using Ticketing.Tickets.Transfers;
using UglyToad.PdfPig;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Transfers;

public sealed class TransferTests(TicketsApp app)
{
    private sealed record Sold(Show Show, Guid Order, Guid Buyer, Guid Ticket);

    private async Task<Sold> BuyAsync()
    {
        var show = new Show();
        var type = show.Standing(20);
        await app.SellAsync(show);
        var purchase = await app.BuyAsync(show.SessionId, null, Some(type));
        return new(show, purchase.OrderId, purchase.BuyerId, purchase.Tickets[0].Id);
    }

    private async Task<TransferView> OfferAsync(Sold sold, string email) =>
        await (await app.OfferAsync(sold.Buyer, sold.Ticket, email)).ReadAsync<TransferView>(201);

    private static string PathOf(TransferView offer) => $"/api/v1/tickets/{offer.TicketId}/transfers/{offer.Id}";

    /// <summary>As the mail has it: with the question mark.</summary>
    private async Task<string> KeyOf(TransferView offer)
    {
        var told = await app.HeardAsync<TransferOffered>(e => e.TransferId == offer.Id);
        var page = $"/transferencias/{offer.TicketId}/{offer.Id}";
        Assert.StartsWith(page, told.Path);
        return told.Path[page.Length..];
    }

    private async Task<HttpResponseMessage> GetAsync(Guid person, string path)
    {
        using var http = app.Person(person);
        return await http.GetAsync(path);
    }

    private async Task<TransferStatus> StatusAsync(Sold sold, TransferView offer) =>
        (await (await GetAsync(sold.Buyer, PathOf(offer))).ReadAsync<TransferView>()).Status;

    private async Task<TicketView> TicketAsync(Guid owner, Guid id) =>
        await (await GetAsync(owner, $"/api/v1/tickets/{id}")).ReadAsync<TicketView>();

    private async Task<HttpResponseMessage> WithdrawAsync(Guid person, TransferView offer)
    {
        using var http = app.Person(person);
        return await http.DeleteAsync(PathOf(offer));
    }

    private Task<HttpResponseMessage> DeclineAsync(TransferView offer, string? key, HttpClient? http = null) =>
        (http ?? app.Anonymous()).PostAsync($"{PathOf(offer)}/decline{key}", null);

    private async Task<HttpResponseMessage> AdmitAsync(string code)
    {
        using var door = app.Person(null, "admin");
        return await door.PostAsJsonAsync("/api/v1/check-ins", new { code, gate = "A" });
    }

    private static async Task EndedAsync(HttpResponseMessage answer, string status)
    {
        var problem = await answer.ProblemAsync(409, "transfer-ended");
        Assert.Equal(status, problem.GetProperty("ended").GetString());
    }

    [Fact]
    public async Task An_offer_is_told_and_leaves_the_ticket_with_its_holder()
    {
        var sold = await BuyAsync();
        var before = await TicketAsync(sold.Buyer, sold.Ticket);
        var known = app.NewPerson();

        var answers = new List<JsonElement>();
        foreach (var email in new[] { $" {known.Email.ToUpperInvariant()}", $"{Guid.CreateVersion7():N}@example.com" })
        {
            using var answer = await app.OfferAsync(sold.Buyer, sold.Ticket, email.Trim());
            var body = await answer.ReadAsync<JsonElement>(201);
            answers.Add(body);
            var offer = body.Deserialize<TransferView>(ServiceDefaultsExtensions.Json)!;
            Assert.Equal(PathOf(offer), answer.Headers.Location!.OriginalString);
            Assert.Equal(TransferStatus.Offered, offer.Status);
            Assert.Equal(offer.OfferedAt.AddHours(72), offer.ExpiresAt);
            var told = await app.HeardAsync<TransferOffered>(e => e.TransferId == offer.Id);
            Assert.Equal(
                (email.Trim().ToLowerInvariant(), sold.Buyer, sold.Show.Title),
                (told.ToEmail, told.FromId, told.Ticket.EventTitle)
            );
            (await WithdrawAsync(sold.Buyer, offer)).EnsureSuccessStatusCode();
        }

        // Nothing in an answer says who has an account.
        Assert.Equal(Names(answers[0]), Names(answers[1]));
        var after = await TicketAsync(sold.Buyer, sold.Ticket);
        Assert.Equal((before.HolderName, before.PdfPath), (after.HolderName, after.PdfPath));
        (await AdmitAsync(before.Code!)).EnsureSuccessStatusCode();

        static IEnumerable<string> Names(JsonElement body) =>
            body.EnumerateObject().Select(p => $"{p.Name} {p.Value.ValueKind}");
    }

    [Fact]
    public async Task An_accepted_ticket_is_the_receivers_and_its_old_code_and_links_are_dead()
    {
        var sold = await BuyAsync();
        var id = sold.Ticket;
        var before = await TicketAsync(sold.Buyer, id);
        (await app.Anonymous().GetAsync(before.PdfPath)).EnsureSuccessStatusCode();
        var friend = app.NewPerson();
        var offer = await OfferAsync(sold, friend.Email);

        var mine = await (await app.AcceptAsync(friend.Id, id, offer.Id)).ReadAsync<TicketView>();

        Assert.Equal((id, before.Number, "Bruna Lisboa", null), (mine.Id, mine.Number, mine.HolderName, mine.OrderId));
        // A repeat answers the same.
        await (await app.AcceptAsync(friend.Id, id, offer.Id)).ReadAsync<TicketView>();
        await (await GetAsync(sold.Buyer, $"/api/v1/tickets/{id}")).ProblemAsync(404, "not-found");
        await (await app.OfferAsync(sold.Buyer, id, app.NewPerson().Email)).ProblemAsync(404, "not-found");
        await (await app.Anonymous().GetAsync(before.PdfPath)).ProblemAsync(410, "voided");
        await Eventually.TrueAsync(() =>
            Task.FromResult(
                !Directory
                    .EnumerateFiles(app.System.Folder, "*.pdf", SearchOption.AllDirectories)
                    .Any(f => f.Contains(id.ToString(), StringComparison.Ordinal))
            )
        );
        using var pdf = PdfDocument.Open(
            await (await app.Anonymous().GetAsync(mine.PdfPath)).Content.ReadAsByteArrayAsync()
        );
        Assert.Contains("Bruna Lisboa", string.Join(' ', pdf.GetPage(1).GetWords().Select(w => w.Text)));
        var told = await app.HeardAsync<TicketTransferred>(e => e.TransferId == offer.Id);
        Assert.Equal((sold.Buyer, friend.Id, mine.PdfPath), (told.FromId, told.ToId, told.PdfPath));

        // Orders asks again: it is told what was issued, whose link is dead, not the new owner's.
        var again = await (await app.CommitAsync(sold.Order, sold.Buyer)).ReadAsync<Contracts.IssuedTickets>();
        Assert.Equal(before.PdfPath, again.Tickets[0].PdfPath);
        await (await AdmitAsync(before.Code!)).ProblemAsync(410, "voided");
        var admitted = await (await AdmitAsync(mine.Code!)).ReadAsync<CheckIn.Response>();
        Assert.Equal("Bruna Lisboa", admitted.HolderName);
        await (await app.OfferAsync(friend.Id, id, app.NewPerson().Email)).ProblemAsync(409, "ticket-used");
        Assert.Equal(TransferStatus.Accepted, await StatusAsync(sold, offer));
        await EndedAsync(await WithdrawAsync(sold.Buyer, offer), "accepted");
        await app.AssertInvariantsAsync(sold.Show.SessionId);
    }

    [Fact]
    public async Task Only_the_proven_address_accepts()
    {
        var sold = await BuyAsync();
        var unproven = app.NewPerson(verified: false);
        var offer = await OfferAsync(sold, unproven.Email);
        var key = await KeyOf(offer);

        foreach (var person in new[] { unproven.Id, app.NewPerson().Id, Guid.CreateVersion7(), sold.Buyer })
        {
            await (await app.AcceptAsync(person, sold.Ticket, offer.Id)).ProblemAsync(404, "not-found");
            await (await app.AcceptAsync(person, sold.Ticket, offer.Id, key)).ProblemAsync(403, "address-not-proven");
            if (person != sold.Buyer)
                await (await GetAsync(person, PathOf(offer))).ProblemAsync(404, "not-found");
        }
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await app.Anonymous().PostAsync($"{PathOf(offer)}/accept{key}", null)).StatusCode
        );
        Assert.Equal(TransferStatus.Offered, await StatusAsync(sold, offer));

        app.AddPerson(unproven with { EmailVerified = true });
        await (await GetAsync(unproven.Id, PathOf(offer))).ReadAsync<TransferView>();
        (await app.AcceptAsync(unproven.Id, sold.Ticket, offer.Id)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task The_mails_key_shows_and_declines_without_an_account()
    {
        var sold = await BuyAsync();
        var offer = await OfferAsync(sold, "nobody@example.com");
        var other = await OfferAsync(await BuyAsync(), "nobody@example.com");
        var (key, otherKey) = (await KeyOf(offer), await KeyOf(other));

        foreach (var wrong in new[] { otherKey, "?key=AAAAAAAAAAAAAAAAAAAAAA", key[..^1], "?key=" })
        {
            await (await app.Anonymous().GetAsync(PathOf(offer) + wrong)).ProblemAsync(404, "not-found");
            await (await DeclineAsync(offer, wrong)).ProblemAsync(404, "not-found");
        }
        await (await app.Anonymous().GetAsync(PathOf(offer))).ProblemAsync(401, "unauthenticated");
        await (await DeclineAsync(offer, null)).ProblemAsync(401, "unauthenticated");
        using (var stranger = app.Person())
            await (await DeclineAsync(offer, null, stranger)).ProblemAsync(404, "not-found");
        var shown = await (await app.Anonymous().GetAsync(PathOf(offer) + key)).ReadAsync<TransferView>();
        Assert.Equal((offer.Id, sold.Show.Title, "Pista"), (shown.Id, shown.EventTitle, shown.TicketTypeName));

        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await DeclineAsync(offer, key)).StatusCode);

        await app.HeardAsync<TransferDeclined>(e => e.TransferId == offer.Id && e.FromId == sold.Buyer);
        Assert.Equal(TransferStatus.Declined, await StatusAsync(sold, offer));
        (await WithdrawAsync(sold.Buyer, offer)).EnsureSuccessStatusCode();
        await TicketAsync(sold.Buyer, sold.Ticket);
        var friend = app.NewPerson();
        await EndedAsync(
            await DeclineAsync(await AcceptedAsync(sold, friend), null, app.Person(friend.Id)),
            "accepted"
        );
    }

    private async Task<TransferView> AcceptedAsync(Sold sold, UserRef friend)
    {
        var offer = await OfferAsync(sold, friend.Email);
        (await app.AcceptAsync(friend.Id, sold.Ticket, offer.Id)).EnsureSuccessStatusCode();
        return offer;
    }

    [Fact]
    public async Task A_withdrawn_offer_is_accepted_no_more_and_only_its_offerer_withdraws()
    {
        var sold = await BuyAsync();
        var friend = app.NewPerson();
        var offer = await OfferAsync(sold, friend.Email);
        await (await WithdrawAsync(friend.Id, offer)).ProblemAsync(404, "not-found");

        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await WithdrawAsync(sold.Buyer, offer)).StatusCode);

        await EndedAsync(await app.AcceptAsync(friend.Id, sold.Ticket, offer.Id), "withdrawn");
        await EndedAsync(await DeclineAsync(offer, await KeyOf(offer)), "withdrawn");
    }

    [Fact]
    public async Task An_offer_ends_after_its_time_or_when_doors_open()
    {
        var sold = await BuyAsync();
        var friend = app.NewPerson();
        var offer = await OfferAsync(sold, friend.Email);
        await app.ExecuteAsync("UPDATE transfers SET expires_at = now() - interval '1 second' WHERE id = $1", offer.Id);

        await EndedAsync(await app.AcceptAsync(friend.Id, sold.Ticket, offer.Id), "expired");
        Assert.Equal(TransferStatus.Expired, await StatusAsync(sold, offer));

        var next = await OfferAsync(sold, friend.Email);
        sold.Show.Version++;
        sold.Show.DoorsAt = TimeProvider.System.GetUtcNow().AddMinutes(5);
        await app.System.DeliverAsync(AppIds.Tickets, new EventChanged(sold.Show.Snapshot()));
        var shown = await (await GetAsync(friend.Id, PathOf(next))).ReadAsync<TransferView>();
        Assert.Equal(sold.Show.DoorsAt.Value, shown.ExpiresAt, TimeSpan.FromMilliseconds(1));
        await app.ExecuteAsync("UPDATE sessions SET doors_at = now() WHERE id = $1", sold.Show.SessionId);
        await EndedAsync(await app.AcceptAsync(friend.Id, sold.Ticket, next.Id), "expired");
        await (await app.OfferAsync(sold.Buyer, sold.Ticket, friend.Email)).ProblemAsync(409, "doors-open");
    }

    [Fact]
    public async Task A_ticket_has_one_open_offer()
    {
        var sold = await BuyAsync();
        app.NewPerson(sold.Buyer);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => app.OfferAsync(sold.Buyer, sold.Ticket, app.NewPerson().Email))
        );

        var offer = await Assert
            .Single(answers, a => a.StatusCode == HttpStatusCode.Created)
            .ReadAsync<TransferView>(201);
        foreach (var answer in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
        {
            var problem = await answer.ProblemAsync(409, "transfer-open");
            Assert.Equal(offer.Id, problem.GetProperty("transferId").GetGuid());
        }
    }

    [Fact]
    public async Task Accepted_declined_or_withdrawn_at_once_it_is_one_of_them()
    {
        for (var i = 0; i < 10; i++)
        {
            var sold = await BuyAsync();
            var friend = app.NewPerson();
            var offer = await OfferAsync(sold, friend.Email);
            var key = await KeyOf(offer);

            var answers = await Task.WhenAll(
                app.AcceptAsync(friend.Id, sold.Ticket, offer.Id),
                DeclineAsync(offer, key),
                WithdrawAsync(sold.Buyer, offer)
            );

            var accepted = answers[0].IsSuccessStatusCode;
            var status = await StatusAsync(sold, offer);
            Assert.Equal(accepted, status is TransferStatus.Accepted);
            Assert.Equal(answers[1].IsSuccessStatusCode, status is TransferStatus.Declined);
            Assert.Equal(answers[2].IsSuccessStatusCode, !accepted);
            await TicketAsync(accepted ? friend.Id : sold.Buyer, sold.Ticket);
        }
    }

    [Fact]
    public async Task Each_side_sees_its_offers()
    {
        var friend = app.NewPerson();
        var sold = await BuyAsync();
        var declined = await OfferAsync(sold, friend.Email);
        await DeclineAsync(declined, await KeyOf(declined));
        var open = await OfferAsync(sold, friend.Email);
        var voided = await BuyAsync();
        await OfferAsync(voided, friend.Email);
        await app.VoidAsync(voided.Order);

        async Task<Guid[]> ListAsync(Guid person, string query = "")
        {
            var page = await (await GetAsync(person, $"/api/v1/me/transfers{query}")).ReadAsync<Page<TransferView>>();
            return [.. page.Items.Select(t => t.Id)];
        }

        Assert.Equal([open.Id], await ListAsync(friend.Id));
        Assert.Equal([open.Id, declined.Id], await ListAsync(sold.Buyer, "?side=sent"));
        Assert.Empty(await ListAsync(sold.Buyer, "?side=received"));
        Assert.Empty(await ListAsync(Guid.CreateVersion7()));
        var first = await (await GetAsync(sold.Buyer, "/api/v1/me/transfers?side=sent&limit=1")).ReadAsync<
            Page<TransferView>
        >();
        Assert.Equal([declined.Id], await ListAsync(sold.Buyer, $"?side=sent&limit=1&cursor={first.Next}"));
        await (await GetAsync(sold.Buyer, "/api/v1/me/transfers?side=left")).ProblemAsync(400, "invalid");
        await (await GetAsync(sold.Buyer, "/api/v1/me/transfers?cursor=abc")).ProblemAsync(400, "invalid");
    }

    [Fact]
    public async Task A_ticket_is_offered_five_times_a_day()
    {
        var sold = await BuyAsync();
        for (var i = 0; i < 5; i++)
            await WithdrawAsync(sold.Buyer, await OfferAsync(sold, "nobody@example.com"));

        using var refused = await app.OfferAsync(sold.Buyer, sold.Ticket, "nobody@example.com");
        await refused.ProblemAsync(429, "too-many-transfers");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalHours, 23, 24);

        await app.ExecuteAsync(
            "UPDATE transfers SET offered_at = offered_at - interval '1 day' WHERE ticket_id = $1",
            sold.Ticket
        );
        await OfferAsync(sold, "nobody@example.com");
    }

    [Fact]
    public async Task A_person_offers_fifty_times_a_day()
    {
        var sold = await BuyAsync();
        await app.ExecuteAsync(
            """
            INSERT INTO transfers (id, ticket_id, from_id, email, name, status, offered_at, expires_at, due_at)
            SELECT gen_random_uuid(), $1, $2, 'nobody@example.com', 'Nobody', 'Withdrawn', now() - interval '1 hour', now(),
                now()
            FROM generate_series(1, 49) n
            """,
            (await BuyAsync()).Ticket,
            sold.Buyer
        );
        await WithdrawAsync(sold.Buyer, await OfferAsync(sold, "nobody@example.com"));

        await (await app.OfferAsync(sold.Buyer, sold.Ticket, "nobody@example.com")).ProblemAsync(
            429,
            "too-many-transfers"
        );

        await app.ExecuteAsync(
            "UPDATE transfers SET offered_at = offered_at - interval '1 day' WHERE from_id = $1",
            sold.Buyer
        );
        await OfferAsync(sold, "nobody@example.com");
    }

    [Fact]
    public async Task An_offer_needs_an_address_a_name_and_a_good_ticket()
    {
        var sold = await BuyAsync();
        var me = app.NewPerson(sold.Buyer);
        Task<HttpResponseMessage> TryAsync(string email, string name = "Bruna") =>
            app.OfferAsync(sold.Buyer, sold.Ticket, email, name);

        await (await TryAsync(me.Email)).ProblemAsync(409, "ticket-yours");
        Assert.Equal("email", (await (await TryAsync("not an address")).ProblemAsync(400, "invalid")).Field());
        Assert.Equal("email", (await (await TryAsync("a@b")).ProblemAsync(422, "invalid")).Field());
        Assert.Equal("name", (await (await TryAsync("a@b.example", "  ")).ProblemAsync(400, "invalid")).Field());
        await (await TryAsync("a@b.example", "a\0b")).ProblemAsync(400, "invalid");
        app.Forget(sold.Buyer);
        using (var stranger = app.Person(sold.Buyer))
            await (
                await stranger.PostAsJsonAsync(
                    $"/api/v1/tickets/{sold.Ticket}/transfers",
                    new { email = "a@b.example", name = "Bruna" }
                )
            ).ProblemAsync(409, "profile-missing");
        await (await app.OfferAsync(Guid.CreateVersion7(), sold.Ticket, "a@b.example")).ProblemAsync(404, "not-found");
        await app.VoidAsync(sold.Order);
        await (await TryAsync("a@b.example")).ProblemAsync(409, "ticket-voided");
    }

    [Fact]
    public async Task Ended_offers_are_forgotten_after_a_month()
    {
        var (kept, came) = (await BuyAsync(), await BuyAsync());
        var declined = await OfferAsync(kept, "nobody@example.com");
        await DeclineAsync(declined, await KeyOf(declined));
        var accepted = await AcceptedAsync(came, app.NewPerson());
        await app.RetainAsync();
        Assert.NotNull((await (await GetAsync(came.Buyer, PathOf(accepted))).ReadAsync<TransferView>()).Email);

        await app.ExecuteAsync(
            "UPDATE transfers SET expires_at = now() - interval '31 days' WHERE id = ANY ($1)",
            new[] { declined.Id, accepted.Id }
        );
        await app.RetainAsync();

        await Eventually.HoldsAsync(async () =>
            await (await GetAsync(kept.Buyer, PathOf(declined))).ProblemAsync(404, "not-found")
        );
        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync<long>(
                "SELECT count(*) FROM transfers WHERE id = $1 AND email IS NOT NULL",
                accepted.Id
            ) == 0
        );
        var left = await (await GetAsync(came.Buyer, PathOf(accepted))).ReadAsync<TransferView>();
        Assert.Equal((TransferStatus.Accepted, null, null), (left.Status, left.Email, left.Name));
    }

    [Fact]
    public async Task The_buyers_refund_stops_at_a_transferred_ticket_and_the_teams_tells_its_holder()
    {
        var show = new Show();
        var type = show.Standing(20);
        await app.SellAsync(show);
        var purchase = await app.BuyAsync(show.SessionId, null, Some(type, 2));
        var (passed, kept) = (purchase.Tickets[0].Id, purchase.Tickets[1].Id);
        var friend = await app.TransferAsync(purchase.BuyerId, passed);

        await (await app.VoidAsync(purchase.OrderId)).ProblemAsync(409, "ticket-transferred");
        await (await app.VoidAsync(purchase.OrderId, evenIfUsed: true)).ProblemAsync(409, "ticket-transferred");
        Assert.Equal(TicketStatus.Valid, (await TicketAsync(friend.Id, passed)).Status);
        Assert.Equal(TicketStatus.Valid, (await TicketAsync(purchase.BuyerId, kept)).Status);

        for (var i = 0; i < 2; i++)
            (
                await app.VoidAsync(purchase.OrderId, evenIfTransferred: true, reason: "não veio")
            ).EnsureSuccessStatusCode();

        var told = await app.HeardAsync<TicketVoided>(e => e.Ticket.OrderId == purchase.OrderId);
        Assert.Equal(
            (passed, friend.Id, show.Title, "refunded"),
            (told.Ticket.Id, told.HolderId, told.Ticket.EventTitle, told.Reason)
        );
        Assert.Equal(show.StartsAt, told.Ticket.StartsAt, TimeSpan.FromMilliseconds(1));
        Assert.Equal(TicketStatus.Voided, (await TicketAsync(friend.Id, passed)).Status);
        // The buyer is told of the order.
        Assert.Single(
            app.Told.OfType<TicketVoided>()
                .Where(e => e.Ticket.OrderId == purchase.OrderId)
                .DistinctBy(e => e.Ticket.Id)
        );
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task A_ticket_that_came_back_is_its_buyers_to_refund()
    {
        var sold = await BuyAsync();
        var friend = await app.TransferAsync(sold.Buyer, sold.Ticket);
        var me = app.NewPerson(sold.Buyer);
        var back = await (await app.OfferAsync(friend.Id, sold.Ticket, me.Email)).ReadAsync<TransferView>(201);
        (await app.AcceptAsync(sold.Buyer, sold.Ticket, back.Id)).EnsureSuccessStatusCode();
        Assert.Equal(sold.Order, (await TicketAsync(sold.Buyer, sold.Ticket)).OrderId);

        (await app.VoidAsync(sold.Order)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task A_withdrawn_offer_is_told_to_its_receiver_once()
    {
        var sold = await BuyAsync();
        var offer = await OfferAsync(sold, "friend@example.com");
        for (var i = 0; i < 2; i++)
            (await WithdrawAsync(sold.Buyer, offer)).EnsureSuccessStatusCode();
        var told = await app.HeardAsync<TransferWithdrawn>(e => e.TransferId == offer.Id);
        Assert.Equal(("friend@example.com", sold.Buyer, sold.Ticket), (told.ToEmail, told.FromId, told.Ticket.Id));
        // What is told later is told after.
        var next = await OfferAsync(sold, "other@example.com");
        (await WithdrawAsync(sold.Buyer, next)).EnsureSuccessStatusCode();
        await app.HeardAsync<TransferWithdrawn>(e => e.TransferId == next.Id);
        Assert.Single(app.Told.OfType<TransferWithdrawn>(), e => e.TransferId == offer.Id);
    }

    [Fact]
    public async Task Nobody_asks_for_an_expired_offer_and_its_offerer_is_told()
    {
        var sold = await BuyAsync();
        var offer = await OfferAsync(sold, "friend@example.com");
        await app.ExecuteAsync(
            "UPDATE transfers SET expires_at = now() - interval '1 second', due_at = now() WHERE id = $1",
            offer.Id
        );
        var told = await app.HeardAsync<TransferExpired>(e => e.TransferId == offer.Id);
        Assert.Equal((sold.Buyer, sold.Ticket), (told.FromId, told.Ticket.Id));
        Assert.Equal(TransferStatus.Expired, await StatusAsync(sold, offer));
    }

    [Fact]
    public async Task Who_has_a_ticket_without_having_bought_it_is_told_once_that_the_show_was_moved()
    {
        var show = new Show();
        var type = show.Standing(10);
        await app.SellAsync(show);
        var purchase = await app.BuyAsync(show.SessionId, null, Some(type, 3));
        var (passed, voided) = (purchase.Tickets[0].Id, purchase.Tickets[1].Id);
        var friend = await app.TransferAsync(purchase.BuyerId, passed);
        await app.TransferAsync(purchase.BuyerId, voided);
        await app.ExecuteAsync("UPDATE tickets SET status = 'Voided' WHERE id = $1", voided);
        var starts = show.StartsAt.AddDays(7);
        var moved = new OrderRescheduled(
            new(
                purchase.OrderId,
                "7GK2M9QX",
                "Ana",
                "ana@example.com",
                "pt-BR",
                show.Title,
                "Outro Teatro",
                "Recife",
                "America/Recife",
                starts,
                [],
                new(1, "BRL")
            ),
            show.StartsAt,
            show.StartsAt.AddDays(-1)
        );
        var message = Guid.CreateVersion7();
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, await app.System.DeliverAsync(AppIds.Tickets, moved, message));

        var told = await app.HeardAsync<TicketRescheduled>(e => e.Ticket.OrderId == purchase.OrderId);
        Assert.Equal((passed, friend.Id, moved.StartedAt), (told.Ticket.Id, told.HolderId, told.StartedAt));
        Assert.Equal(
            (starts, "Outro Teatro", "Recife", "America/Recife"),
            (told.Ticket.StartsAt, told.Ticket.VenueName, told.Ticket.VenueCity, told.Ticket.TimeZone)
        );
        Assert.Single(
            app.Told.OfType<TicketRescheduled>()
                .Where(e => e.Ticket.OrderId == purchase.OrderId)
                .DistinctBy(e => e.Ticket.Id)
        );
    }

    [Theory]
    [InlineData("check-in")]
    [InlineData("dispute")]
    public async Task An_offer_of_a_ticket_that_was_used_or_blocked_ends_at_once(string by)
    {
        var sold = await BuyAsync();
        var offer = await OfferAsync(sold, "friend@example.com");
        if (by == "dispute")
            await app.DisputeAsync(sold.Order);
        else
            (await AdmitAsync((await TicketAsync(sold.Buyer, sold.Ticket)).Code!)).EnsureSuccessStatusCode();
        await app.HeardAsync<TransferWithdrawn>(e => e.TransferId == offer.Id && e.ToEmail == "friend@example.com");
    }

    [Fact]
    public async Task An_offer_of_a_refunded_ticket_is_told_to_its_receiver()
    {
        var sold = await BuyAsync();
        var offer = await OfferAsync(sold, "friend@example.com");
        (await app.VoidAsync(sold.Order)).EnsureSuccessStatusCode();
        await app.HeardAsync<TransferWithdrawn>(e => e.TransferId == offer.Id && e.ToEmail == "friend@example.com");
    }

    [Fact]
    public async Task An_accepted_ticket_is_printed_in_its_receivers_language_without_the_buyers_order()
    {
        var sold = await BuyAsync();
        var friend = app.AddPerson(
            new(Guid.CreateVersion7(), "Bea", $"{Guid.CreateVersion7():N}@example.com", "en", true)
        );
        var offer = await OfferAsync(sold, friend.Email);
        var ticket = await (await app.AcceptAsync(friend.Id, sold.Ticket, offer.Id)).ReadAsync<TicketView>();
        using var http = app.Anonymous();
        using var pdf = PdfDocument.Open(await http.GetByteArrayAsync(ticket.PdfPath));
        var text = string.Join(' ', pdf.GetPage(1).GetWords().Select(w => w.Text));
        Assert.Contains("HOLDER", text);
        Assert.DoesNotContain("7GK2M9QX", text);
    }
}
