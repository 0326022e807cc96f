using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.CheckIns;
using Ticketing.Tickets.IssuedTickets;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.IssuedTickets;

public sealed class CheckInTests(TicketsApp app)
{
    private static Task<HttpResponseMessage> CheckInAsync(
        HttpClient door,
        string code,
        string gate = "Portão A",
        Guid? sessionId = null
    ) =>
        door.PostAsJsonAsync(
            "/api/v1/check-ins",
            new
            {
                code,
                gate,
                sessionId,
            }
        );

    private async Task<TicketView> TicketAsync(Purchase purchase, int n = 0)
    {
        using var http = app.Person(purchase.BuyerId);
        return await (await http.GetAsync($"/api/v1/tickets/{purchase.Tickets[n].Id}")).ReadAsync<TicketView>();
    }

    private async Task<(Show Show, Purchase Purchase, HttpClient Door)> OpenAsync(TeamRole role = TeamRole.Door)
    {
        var show = new Show();
        var type = show.Standing(10);
        await app.SellAsync(show);
        var keeper = Guid.CreateVersion7();
        await app.TeamMemberAsync(show, keeper, role);
        return (show, await app.BuyAsync(show.SessionId, null, Some(type)), app.Person(keeper));
    }

    [Fact]
    public async Task Many_scans_at_once_admit_once()
    {
        var (show, purchase, door) = await OpenAsync();
        var ticket = await TicketAsync(purchase);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => CheckInAsync(door, ticket.Code!, $"Portão {i}"))
        );

        var admitted = await Assert
            .Single(answers, a => a.StatusCode == HttpStatusCode.OK)
            .ReadAsync<CheckIn.Response>();
        Assert.Equal(
            ("Ana Conceição", "Pista", show.Title),
            (admitted.HolderName, admitted.TicketTypeName, admitted.EventTitle)
        );
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.OK))
        {
            var problem = await refused.ProblemAsync(409, "already-used");
            Assert.Equal(admitted.Gate, problem.GetProperty("gate").GetString());
            Assert.Equal(
                admitted.AdmittedAt,
                problem.GetProperty("usedAt").GetDateTimeOffset(),
                TimeSpan.FromMilliseconds(1)
            );
        }
        var counts = await (
            await door.GetAsync($"/api/v1/check-ins?sessionId={show.SessionId}")
        ).ReadAsync<CountCheckIns.Response>();
        Assert.Equal((1, 1), (counts.Expected, counts.Admitted));
        Assert.Equal(TicketStatus.Used, (await TicketAsync(purchase)).Status);
    }

    [Fact]
    public async Task Attendees_come_in_pages_by_each_order_once_and_are_searched()
    {
        var show = new Show();
        var (standing, seated) = (show.Standing(100), show.Seated(2, 12));
        app.AddSeatMap(show.SeatMap());
        await app.SellAsync(show);
        var keeper = Guid.CreateVersion7();
        await app.TeamMemberAsync(show, keeper, TeamRole.Door);
        var seats = show.SeatsOf(seated);
        var bought = await app.BuyAsync(show.SessionId, null, Some(standing, 7), Seats(seated, [.. seats[8..13]]));
        using var door = app.Person(keeper);
        var ids = bought.Tickets.Select(t => t.Id).ToArray();
        string[] names =
        [
            "Ágata",
            "agata Lima",
            "Zé",
            "",
            "Íris Araújo",
            "Bia",
            "bia",
            "Ágata",
            "–",
            "李",
            "Óscar",
            "Ana",
        ];
        for (var i = 0; i < ids.Length; i++)
            await app.ExecuteAsync(
                "UPDATE tickets SET holder_name = $1, name_key = $2 WHERE id = $3",
                names[i],
                Ticket.KeyOf(names[i]),
                ids[i]
            );
        foreach (var ticket in new[] { 1, 4, 9 })
            (await TypeAsync(door, show.SessionId, bought.Tickets[ticket].Number)).EnsureSuccessStatusCode();
        await app.VoidAsync(bought.OrderId, evenIfUsed: true, only: [ids[6]]);

        foreach (var sort in new[] { "name", "number", "type", "seat", "admitted" })
        {
            var forwards = await AllAsync($"sort={sort}");
            Assert.Equal(ids.Order(), forwards.Select(a => a.Id).Order());
            var backwards = await AllAsync($"sort=-{sort}");
            Assert.Equal(ids.Order(), backwards.Select(a => a.Id).Order());
            if (sort is "name" or "number" or "type")
                Assert.Equal(forwards.Select(a => a.Id).Reverse(), backwards.Select(a => a.Id));
        }
        Assert.Equal(await AllAsync("sort=name"), await AllAsync(""));
        Assert.Equal(
            ["agata", "agata", "agata", "ana", "bia", "bia", "íris", "李", "óscar", "zé"],
            (await AllAsync("")).Skip(2).Select(a => a.Name.ToLowerInvariant().Replace('á', 'a'))
        );
        Assert.Equal(
            ["Plateia · A · 9", "Plateia · A · 10", "Plateia · A · 11", "Plateia · A · 12", "Plateia · B · 1"],
            (await AllAsync("sort=seat")).Take(5).Select(a => a.Seat)
        );
        Assert.Equal([1, 4, 9], (await AllAsync("sort=admitted")).Take(3).Select(At));
        Assert.Equal([9, 4, 1], (await AllAsync("sort=-admitted")).Take(3).Select(At));

        Assert.Equal([1, 4, 9], (await AllAsync("status=used")).Select(At).Order());
        Assert.Equal([6], (await AllAsync("status=voided")).Select(At));
        Assert.Equal(5, (await AllAsync("type=Plateia")).Count);
        foreach (
            var (typed, found) in new (string, int[])[]
            {
                ("AGATA", [0, 1, 7]),
                ("ág", [0, 1, 7]),
                ("iris", [4]),
                // A door knows first names: nobody finds out another one by asking for it.
                ("Araujo", []),
                ("lima", []),
                ("plateia a 12", [10]),
                ("Plateia · B", [11]),
                (bought.Tickets[3].Number.ToLowerInvariant(), [3]),
                ($"{bought.Tickets[3].Number[..4]}-{bought.Tickets[3].Number[4..]}", [3]),
                ("%", []),
                ("_", []),
                ("😀", []),
                ("li", [9]),
            }
        )
            Assert.Equal(found, (await AllAsync($"q={Uri.EscapeDataString(typed)}")).Select(At).Order());
        foreach (var query in new[] { "sort=price", "status=in", "cursor=x", "cursor=AA", $"q={new string('x', 101)}" })
            await (await GetAsync(query)).ProblemAsync(400, "invalid");
        var accountant = Guid.CreateVersion7();
        await app.TeamMemberAsync(show, accountant, TeamRole.Finance);
        using var finance = app.Person(accountant);
        await (await finance.GetAsync($"/api/v1/check-in-lists/{show.SessionId}/attendees")).ProblemAsync(
            404,
            "not-found"
        );

        int At(ListAttendees.Attendee a) => Array.IndexOf(ids, a.Id);

        Task<HttpResponseMessage> GetAsync(string query) =>
            door.GetAsync($"/api/v1/check-in-lists/{show.SessionId}/attendees?{query}");

        async Task<List<ListAttendees.Attendee>> AllAsync(string query)
        {
            var all = new List<ListAttendees.Attendee>();
            for (string? next = ""; next is not null; )
            {
                var page = await (await GetAsync($"limit=2&{query}{next}")).ReadAsync<Page<ListAttendees.Attendee>>();
                all.AddRange(page.Items);
                next = page.Next is null ? null : $"&cursor={page.Next}";
            }
            return all;
        }
    }

    [Fact]
    public async Task An_administrator_at_the_door_is_told_to_the_audit_log()
    {
        var (show, purchase, _) = await OpenAsync();
        var ticket = await TicketAsync(purchase);
        using var admin = app.Person(null, "admin");

        (await CheckInAsync(admin, ticket.Code!)).EnsureSuccessStatusCode();
        await (await CheckInAsync(admin, ticket.Code!)).ProblemAsync(409, "already-used");

        var act = await app.Acts.OfAsync("ticket.checked-in", ticket.Id);
        Assert.Equal((true, show.OrganizerId), (act.AsAdmin, act.OrganizerId));
    }

    [Fact]
    public async Task Only_the_organizers_door_admits()
    {
        var (show, purchase, door) = await OpenAsync(TeamRole.Finance);
        var code = (await TicketAsync(purchase)).Code!;
        using var stranger = app.Person();
        using var admin = app.Person(null, "admin");

        await (await CheckInAsync(door, code)).ProblemAsync(404, "not-found");
        await (await CheckInAsync(stranger, code)).ProblemAsync(404, "not-found");
        await (await stranger.GetAsync($"/api/v1/check-ins?sessionId={show.SessionId}")).ProblemAsync(404, "not-found");
        Assert.Equal(HttpStatusCode.Unauthorized, (await CheckInAsync(app.Anonymous(), code)).StatusCode);
        (await CheckInAsync(admin, code)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task A_keeper_who_left_admits_nobody()
    {
        var (show, purchase, door) = await OpenAsync();
        var keeper = Guid.CreateVersion7();
        await app.TeamMemberAsync(show, keeper, null, version: 5);
        await app.TeamMemberAsync(show, keeper, TeamRole.Door, version: 4);
        using var gone = app.Person(keeper);
        await (await CheckInAsync(gone, (await TicketAsync(purchase)).Code!)).ProblemAsync(404, "not-found");
        door.Dispose();
    }

    [Fact]
    public async Task Forged_codes_are_unknown()
    {
        var (_, purchase, door) = await OpenAsync();
        var ticket = await TicketAsync(purchase);
        var genuine = Base64Url.DecodeFromChars(ticket.Code);
        using var forger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keyId = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(genuine.AsSpan(1));
        var forged = new List<string>
        {
            new TicketCode(keyId, ticket.Id, ticket.SessionId, 1).Sign(forger),
            new TicketCode(keyId + 1, ticket.Id, ticket.SessionId, 1).Sign(forger),
            ticket.Number,
            "x",
            new('A', TicketCode.TextLength),
            new('!', TicketCode.TextLength), // as long as a code, but no base64
            new('é', TicketCode.TextLength),
            ticket.Code![..^1],
            ticket.Code + "A",
        };
        for (var i = 0; i < genuine.Length; i += 7)
        {
            var changed = (byte[])genuine.Clone();
            changed[i] ^= 1;
            forged.Add(Base64Url.EncodeToString(changed));
        }

        foreach (var code in forged)
            await (await CheckInAsync(door, code)).ProblemAsync(404, "not-found");

        (await CheckInAsync(door, ticket.Code)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task The_published_keys_verify_a_code_offline()
    {
        var (_, purchase, door) = await OpenAsync();
        var ticket = await TicketAsync(purchase);
        var keys = await (await app.Anonymous().GetAsync("/api/v1/tickets/keys")).ReadAsync<GetKeys.Response>();
        var code = Base64Url.DecodeFromChars(ticket.Code);

        var key = keys.Keys.Single(k => k.Kid == Convert.ToHexStringLower(code.AsSpan(1, 4)));
        using var algorithm = ECDsa.Create(
            new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = { X = Base64Url.DecodeFromChars(key.X), Y = Base64Url.DecodeFromChars(key.Y) },
            }
        );

        Assert.True(algorithm.VerifyData(code.AsSpan(0, 41), code.AsSpan(41), HashAlgorithmName.SHA256));
        Assert.Equal(ticket.Id, new Guid(code.AsSpan(5, 16), bigEndian: true));
        Assert.Equal(ticket.SessionId, new Guid(code.AsSpan(21, 16), bigEndian: true));
        door.Dispose();
    }

    [Fact]
    public async Task Another_sessions_ticket_is_told_apart_when_the_door_says_its_session()
    {
        var (show, purchase, door) = await OpenAsync();
        var code = (await TicketAsync(purchase)).Code!;
        await (await CheckInAsync(door, code, sessionId: Guid.CreateVersion7())).ProblemAsync(409, "wrong-session");
        (await CheckInAsync(door, code, sessionId: show.SessionId)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Of_an_order_one_ticket_alone_is_void_and_its_seat_is_sold_again()
    {
        var show = new Show();
        var type = show.Seated(1, 3);
        app.AddSeatMap(show.SeatMap());
        await app.SellAsync(show);
        var seats = show.SeatsOf(type);
        var purchase = await app.BuyAsync(show.SessionId, null, Seats(type, [.. seats]));
        var keeper = Guid.CreateVersion7();
        await app.TeamMemberAsync(show, keeper, TeamRole.Door);
        using var door = app.Person(keeper);
        var codes = new List<string>();
        for (var n = 0; n < 3; n++)
            codes.Add((await TicketAsync(purchase, n)).Code!);
        (await CheckInAsync(door, codes[0])).EnsureSuccessStatusCode();

        // The used one is not of it.
        (await app.VoidAsync(purchase.OrderId, only: [purchase.Tickets[1].Id])).EnsureSuccessStatusCode();
        (await app.VoidAsync(purchase.OrderId, only: [purchase.Tickets[1].Id])).EnsureSuccessStatusCode();
        await (await app.VoidAsync(purchase.OrderId, only: [purchase.Tickets[0].Id])).ProblemAsync(409, "ticket-used");

        await (await CheckInAsync(door, codes[1])).ProblemAsync(410, "voided");
        (await CheckInAsync(door, codes[2])).EnsureSuccessStatusCode();
        Assert.Equal(1, (await app.PoolAsync(show.PoolOf(type))).Available);
        var next = await app.BuyAsync(show.SessionId, null, Seats(type, seats[1]));
        Assert.Equal(purchase.Tickets[1].Seat, next.Tickets[0].Seat);
        await app.AssertInvariantsAsync(show.SessionId);
        // All that is left, and nothing of the other buyer's.
        (await app.VoidAsync(purchase.OrderId, evenIfUsed: true)).EnsureSuccessStatusCode();
        Assert.Equal(2, (await app.PoolAsync(show.PoolOf(type))).Available);
        (await CheckInAsync(door, (await TicketAsync(next)).Code!)).EnsureSuccessStatusCode();
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task A_voided_ticket_is_gone_and_a_used_one_is_not_voided_unless_forced()
    {
        var (_, purchase, door) = await OpenAsync();
        var code = (await TicketAsync(purchase)).Code!;
        (await CheckInAsync(door, code)).EnsureSuccessStatusCode();

        await (await app.VoidAsync(purchase.OrderId)).ProblemAsync(409, "ticket-used");
        await (await CheckInAsync(door, code)).ProblemAsync(409, "already-used");
        (await app.VoidAsync(purchase.OrderId, evenIfUsed: true)).EnsureSuccessStatusCode();

        await (await CheckInAsync(door, code)).ProblemAsync(410, "voided");
        var ticket = await TicketAsync(purchase);
        Assert.Equal((TicketStatus.Voided, null, null), (ticket.Status, ticket.Code, ticket.PdfPath));
    }

    [Fact]
    public async Task A_disputed_orders_tickets_are_blocked_at_the_door_and_not_void()
    {
        var (show, purchase, door) = await OpenAsync();
        var before = await TicketAsync(purchase);
        Assert.Null(before.BlockReason);

        for (var i = 0; i < 2; i++)
            await app.DisputeAsync(purchase.OrderId);

        var problem = await (await CheckInAsync(door, before.Code!)).ProblemAsync(409, "ticket-blocked");
        Assert.Equal("payment-disputed", problem.GetProperty("reason").GetString());
        var ticket = await TicketAsync(purchase);
        Assert.Equal((TicketStatus.Valid, "payment-disputed"), (ticket.Status, ticket.BlockReason));
        problem = await (await app.OfferAsync(purchase.BuyerId, ticket.Id, "bruna@example.com")).ProblemAsync(
            409,
            "ticket-blocked"
        );
        Assert.Equal("payment-disputed", problem.GetProperty("reason").GetString());
        var counts = await (
            await door.GetAsync($"/api/v1/check-ins?sessionId={show.SessionId}")
        ).ReadAsync<CountCheckIns.Response>();
        Assert.Equal((1, 0), (counts.Expected, counts.Admitted));
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task A_won_dispute_opens_the_door_again()
    {
        var (show, purchase, door) = await OpenAsync();
        var code = (await TicketAsync(purchase)).Code!;
        var offer = await (
            await app.OfferAsync(purchase.BuyerId, purchase.Tickets[0].Id, "bruna@example.com")
        ).ReadAsync<Tickets.Transfers.TransferView>(201);
        await app.DisputeAsync(purchase.OrderId);
        await (await CheckInAsync(door, code)).ProblemAsync(409, "ticket-blocked");

        for (var i = 0; i < 2; i++)
            await app.DisputeIsWonAsync(purchase.OrderId);

        Assert.Null((await TicketAsync(purchase)).BlockReason);
        using var buyer = app.Person(purchase.BuyerId);
        var ended = await (
            await buyer.GetAsync($"/api/v1/tickets/{offer.TicketId}/transfers/{offer.Id}")
        ).ReadAsync<Tickets.Transfers.TransferView>();
        Assert.Equal(Tickets.Transfers.TransferStatus.Withdrawn, ended.Status);
        (await CheckInAsync(door, code)).EnsureSuccessStatusCode();
        await app.DisputeIsWonAsync(Guid.CreateVersion7());
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task A_dispute_that_is_won_before_the_tickets_are_issued_blocks_none()
    {
        var show = new Show();
        var type = show.Standing(10);
        await app.SellAsync(show);
        var buyer = Guid.CreateVersion7();
        using var http = app.Person(buyer);
        var hold = await (await http.HoldAsync(show.SessionId, Some(type))).ReadAsync<Tickets.Holds.HoldView>(201);
        await app.DisputeAsync(hold.Id);
        await app.DisputeIsWonAsync(hold.Id);
        (await app.AttachAsync(hold.Id, buyer)).EnsureSuccessStatusCode();

        var issued = await (await app.CommitAsync(hold.Id, buyer)).ReadAsync<Contracts.IssuedTickets>();

        Assert.Null((await TicketAsync(new(hold.Id, buyer, issued.Tickets))).BlockReason);
    }

    [Fact]
    public async Task A_dispute_may_come_before_the_tickets_or_after_their_end()
    {
        var show = new Show();
        var type = show.Standing(10);
        await app.SellAsync(show);
        var buyer = Guid.CreateVersion7();
        using var http = app.Person(buyer);
        var hold = await (await http.HoldAsync(show.SessionId, Some(type))).ReadAsync<Tickets.Holds.HoldView>(201);
        await app.DisputeAsync(hold.Id);
        (await app.AttachAsync(hold.Id, buyer)).EnsureSuccessStatusCode();
        var issued = await (await app.CommitAsync(hold.Id, buyer)).ReadAsync<Contracts.IssuedTickets>();
        var purchase = new Purchase(hold.Id, buyer, issued.Tickets);
        var code = (await TicketAsync(purchase)).Code!;
        using var door = app.Person(null, "admin");
        await (await CheckInAsync(door, code)).ProblemAsync(409, "ticket-blocked");
        (await app.VoidAsync(hold.Id)).EnsureSuccessStatusCode();
        await (await CheckInAsync(door, code)).ProblemAsync(410, "voided");

        // Whoever is in stays in.
        var used = await app.BuyAsync(show.SessionId, null, Some(type));
        code = (await TicketAsync(used)).Code!;
        (await CheckInAsync(door, code)).EnsureSuccessStatusCode();
        await app.DisputeAsync(used.OrderId);
        await (await CheckInAsync(door, code)).ProblemAsync(409, "already-used");
        await app.DisputeAsync(Guid.CreateVersion7());
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Theory]
    [InlineData("""{"gate":"A"}""", "code")]
    [InlineData("""{"code":"x"}""", "gate")]
    [InlineData("""{"code":"x","gate":""}""", "gate")]
    [InlineData("""{"code":null,"gate":"A"}""", "code")]
    [InlineData("""{"code":7,"gate":"A"}""", "code")]
    public async Task Bad_input_names_the_field(string body, string field)
    {
        using var door = app.Person();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var problem = await (await door.PostAsync("/api/v1/check-ins", content)).ProblemAsync(400, "invalid");
        Assert.Equal(field, problem.Field());
    }

    private static Task<HttpResponseMessage> TypeAsync(HttpClient door, Guid sessionId, string number) =>
        door.PostAsJsonAsync(
            "/api/v1/check-ins/by-number",
            new
            {
                sessionId,
                number,
                gate = "Portão A",
            }
        );

    [Fact]
    public async Task A_typed_number_admits_once_as_a_scan_does()
    {
        var (show, purchase, door) = await OpenAsync();
        var number = purchase.Tickets[0].Number;
        await (await TypeAsync(door, Guid.CreateVersion7(), number)).ProblemAsync(404, "not-found");
        await (await TypeAsync(door, show.SessionId, "ZZZZZZZZ")).ProblemAsync(404, "not-found");
        var typed = $" {number[..4].ToLowerInvariant()}-{number[4..]} ";
        var admitted = await (await TypeAsync(door, show.SessionId, typed)).ReadAsync<CheckIn.Response>();
        Assert.Equal(
            (purchase.Tickets[0].Id, number, "Ana Conceição"),
            (admitted.TicketId, admitted.Number, admitted.HolderName)
        );
        var again = await (await TypeAsync(door, show.SessionId, number)).ProblemAsync(409, "already-used");
        Assert.Equal("Portão A", again.GetProperty("gate").GetString());
        await (await CheckInAsync(door, (await TicketAsync(purchase)).Code!)).ProblemAsync(409, "already-used");
    }

    [Fact]
    public async Task A_typed_number_is_refused_as_a_scan_is()
    {
        var (show, purchase, door) = await OpenAsync();
        var number = purchase.Tickets[0].Number;
        foreach (var stranger in new[] { app.Person(), app.Person(purchase.BuyerId) })
            await (await TypeAsync(stranger, show.SessionId, number)).ProblemAsync(404, "not-found");
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await TypeAsync(app.Anonymous(), show.SessionId, number)).StatusCode
        );
        await app.DisputeAsync(purchase.OrderId);
        await (await TypeAsync(door, show.SessionId, number)).ProblemAsync(409, "ticket-blocked");
        await app.VoidAsync(purchase.OrderId);
        await (await TypeAsync(door, show.SessionId, number)).ProblemAsync(410, "voided");
    }

    [Fact]
    public async Task Numbers_are_not_found_out_by_trying()
    {
        var (show, purchase, door) = await OpenAsync();
        // All at once: with the time, numbers come back.
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 4 * TypedNumbers.PerMinute).Select(_ => TypeAsync(door, show.SessionId, "ZZZZZZZZ"))
        );
        // Each of the two replicas counts for itself.
        Assert.InRange(
            answers.Count(a => a.StatusCode == HttpStatusCode.NotFound),
            TypedNumbers.PerMinute,
            3 * TypedNumbers.PerMinute
        );
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.NotFound))
        {
            await refused.ProblemAsync(429, "too-many-numbers");
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        // A scan goes on.
        (await CheckInAsync(door, (await TicketAsync(purchase)).Code!)).EnsureSuccessStatusCode();
    }
}
