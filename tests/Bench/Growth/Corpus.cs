using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ticketing.Bench.Measuring;
using Ticketing.Contracts;
using Ticketing.Local;
using Ticketing.Local.Hosting;
using Ticketing.Local.Seeding;

namespace Ticketing.Bench.Growth;

/// <summary>
/// Calls every route of the API, over HTTP and through the Gateway, as the people of the fill and new ones: reads ask for
/// what the fill made, writes make their own and take it back. Each call names the operation that it is of in the API
/// documents.
/// </summary>
internal sealed class Corpus
{
    private const string Password = "a-long-enough-password";

    /// <summary>A JPEG of a page's size, as far as anybody here looks: a frame, and a scan of black.</summary>
    private static readonly byte[] Picture =
    [
        .. Convert.FromHexString("FFD8FFC0000B080320050001011100FFDA0008010100003F00"),
        .. new byte[200 * 1024],
        0xFF,
        0xD9,
    ];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly HashSet<string> called = [];
    private readonly HttpClient http;
    private readonly Sale sale;

    /// <summary>The Gateway does not lead there.</summary>
    private readonly Uri notifications;

    private Corpus(HttpClient http, Sale sale, Uri notifications) =>
        (this.http, this.sale, this.notifications) = (http, sale, notifications);

    /// <returns>The operations that were called.</returns>
    public static async Task<IReadOnlySet<string>> RunAsync(Uri url, string folder, Sale sale, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = url };
        var addresses = Path.Combine(folder, DataFolder.AddressesName);
        var services = JsonSerializer.Deserialize<Dictionary<string, Uri>>(await File.ReadAllTextAsync(addresses, ct))!;
        var corpus = new Corpus(http, sale, services[AppIds.Notifications]);
        var tokens = await Tokens.OpenAsync(url, folder, ct);
        var admin = await corpus.LogInAsync(SeedLogins.Admin.Email, SeedLogins.Admin.Password, ct);
        var organizer = await corpus.LogInAsync(SeedLogins.Organizer.Email, SeedLogins.Organizer.Password, ct);
        await corpus.PeopleAsync(admin, ct);
        await corpus.BrowseAsync(ct);
        await corpus.TeamAsync(organizer, tokens.Of(sale.OwnerId), ct);
        await corpus.ProgrammeAsync(organizer, tokens.Of(sale.OwnerId), ct);
        await corpus.BuyAsync(tokens, admin, ct);
        return corpus.called;
    }

    private async Task PeopleAsync(string admin, CancellationToken ct)
    {
        // Elsewhere than example.com, whose addresses are trusted here.
        var email = $"{Guid.CreateVersion7():N}@example.net";
        await PostAsync(
            "RegisterUser",
            "/api/v1/users",
            null,
            new
            {
                email,
                password = Password,
                name = "Growth",
            },
            ct
        );
        var me = await LogInAsync(email, Password, ct);
        await ReadAsync("GetProfile", "/api/v1/me", me, ct);
        await ReadAsync("GetConsents", "/api/v1/me/consents", me, ct);
        await DownloadAsync("ExportProfile", "/api/v1/me/export", me, ct);
        await EditAsync("EditProfile", HttpMethod.Patch, "/api/v1/me", me, new { name = "Grown" }, ct);
        var consents = new[] { new { purpose = "marketing", granted = true } };
        await SendAsync("PutConsents", HttpMethod.Put, "/api/v1/me/consents", me, new { consents }, ct);
        var change = new { currentPassword = Password, newPassword = Password + "-2" };
        await SendAsync("ChangePassword", HttpMethod.Put, "/api/v1/me/password", me, change, ct);
        me = await LogInAsync(email, Password + "-2", ct);
        await ReadAsync("ListUsers", "/api/v1/users?limit=20", admin, ct);
        await ReadAsync("ListUsers", "/api/v1/users?email=person-7@example.com", admin, ct);
        await ReadAsync("ListAuditLog", "/api/v1/audit-log", admin, ct);
        var hourAgo = Uri.EscapeDataString($"{TimeProvider.System.GetUtcNow().AddHours(-1):O}");
        await DownloadAsync("ExportAuditLog", $"/api/v1/audit-log/export?from={hourAgo}", admin, ct);
        await ReadAsync("ListAuditLog", $"/api/v1/audit-log?actorId={sale.BuyerId}", admin, ct);
        await ReadAsync("ListOrganizersAwaitingApproval", "/api/v1/organizers/awaiting-approval", admin, ct);
        var approval = $"/api/v1/organizers/{sale.OrganizerId}/approval";
        await SendAsync("ApproveOrganizer", HttpMethod.Put, approval, admin, null, ct);
        await SendAsync("WithdrawApproval", HttpMethod.Delete, approval, admin, null, ct);
        await ReadAsync("SearchOrganizers", "/api/v1/organizers/search?q=a", admin, ct);
        var refusal = $"/api/v1/organizers/{sale.OrganizerId}/refusal";
        await SendAsync("RefuseOrganizer", HttpMethod.Put, refusal, admin, new { reason = "Unknown" }, ct);
        await SendAsync("ApproveOrganizer", HttpMethod.Put, approval, admin, null, ct);
        var fee = $"/api/v1/organizers/{sale.OrganizerId}/fee";
        await SendAsync(
            "SetFee",
            HttpMethod.Put,
            fee,
            admin,
            new { percent = 0, @fixed = new { amount = 0, currency = "BRL" } },
            ct
        );
        var person = $"/api/v1/users/{sale.BuyerId}";
        await ReadAsync("GetUser", person, admin, ct);
        await SendAsync(
            "SetUserRoles",
            HttpMethod.Put,
            person + "/roles",
            admin,
            new { roles = Array.Empty<string>() },
            ct
        );
        await SendAsync(
            "EraseProfile",
            HttpMethod.Delete,
            "/api/v1/me",
            await ProveAsync(me, email, ct),
            new { password = Password + "-3" },
            ct
        );
    }

    /// <summary>Sign-ins, and what is proven by a mail.</summary>
    /// <returns>The access token that is good afterwards; the password ends on -3.</returns>
    private async Task<string> ProveAsync(string me, string email, CancellationToken ct)
    {
        await LogInAsync(email, Password + "-2", ct);
        var sessions = await ReadAsync("ListMySessions", "/api/v1/me/sessions", me, ct);
        var other = sessions["items"]!.AsArray().First(s => !(bool)s!["current"]!)!.Id();
        await SendAsync("EndSession", HttpMethod.Delete, $"/api/v1/me/sessions/{other}", me, null, ct);

        var before = await MailsAsync(email, ct);
        await PostAsync("AskToVerifyAddress", "/api/v1/me/email/verification", me, new { }, ct);
        var code = await NewMailAsync(email, before, @"\b(\d{6})\b", ct);
        await PostAsync("ConfirmAddress", "/api/v1/me/email/confirmation", me, new { code }, ct);

        before = await MailsAsync(email, ct);
        await PostAsync("AskForPasswordReset", "/api/v1/users/password-reset", null, new { email }, ct);
        var token = await NewMailAsync(email, before, @"[?&]t=([\w-]{43})", ct);
        var reset = new { token, newPassword = Password + "-3" };
        await SendAsync("SetPassword", HttpMethod.Put, "/api/v1/users/password-reset", null, reset, ct);
        me = await LogInAsync(email, Password + "-3", ct);
        var moved = new { email = $"moved-{email}", password = Password + "-3" };
        await PostAsync("ChangeAddress", "/api/v1/me/email", me, moved, ct);
        await SendAsync("EndSessions", HttpMethod.Delete, "/api/v1/me/sessions", me, null, ct);
        return await LogInAsync(email, Password + "-3", ct);
    }

    private async Task<HashSet<string>> MailsAsync(string to, CancellationToken ct)
    {
        var mails = await SendAsync(
            null,
            HttpMethod.Get,
            $"/dev/mail?format=json&to={Uri.EscapeDataString(to)}",
            null,
            null,
            ct
        );
        return [.. mails["items"]!.AsArray().Select(m => m!.Text("id"))];
    }

    /// <summary>What the pattern finds in a mail that was not there before.</summary>
    private async Task<string> NewMailAsync(string to, HashSet<string> before, string pattern, CancellationToken ct)
    {
        var found = await WaitAsync(
            async () =>
            {
                foreach (var id in (await MailsAsync(to, ct)).Except(before))
                {
                    var mail = await SendAsync(null, HttpMethod.Get, $"/dev/mail/{id}?format=json", null, null, ct);
                    if (Regex.Match(mail.Text("text"), pattern) is { Success: true } match)
                        return JsonValue.Create(match.Groups[1].Value);
                }
                return null;
            },
            ct
        );
        return (string)found!;
    }

    private async Task BrowseAsync(CancellationToken ct)
    {
        var from = Uri.EscapeDataString($"{TimeProvider.System.GetUtcNow().AddDays(35):yyyy-MM-ddTHH:mm:ssZ}");
        foreach (
            var query in new[]
            {
                "limit=20",
                "q=show",
                "q=show%2017",
                "city=S%C3%A3o%20Paulo",
                "city=Recife&q=concert",
                $"from={from}&limit=20",
                "category=concert",
                $"organizerId={sale.OrganizerId}",
            }
        )
        {
            var page = await ReadAsync("BrowseEvents", $"/api/v1/events?{query}", null, ct);
            if ((string?)page["next"] is { } next)
                await ReadAsync(
                    "BrowseEvents",
                    $"/api/v1/events?{query}&cursor={Uri.EscapeDataString(next)}",
                    null,
                    ct
                );
        }
        await ReadAsync("GetEvent", $"/api/v1/events/{sale.EventId}", null, ct);
        await ReadAsync("GetEvent", $"/api/v1/events/{sale.Slug}", null, ct);
        await ReadAsync("ListSessions", $"/api/v1/events/{sale.EventId}/sessions", null, ct);
        await ReadAsync("GetSession", $"/api/v1/sessions/{sale.SessionId}", null, ct);
        await ReadAsync("GetTicketType", $"/api/v1/ticket-types/{sale.TicketTypeId}", null, ct);
        await ReadAsync("GetOrganizer", $"/api/v1/organizers/{sale.OrganizerId}", null, ct);
        await ReadAsync("GetSeatMap", $"/api/v1/seat-maps/{sale.SeatMapId}", null, ct);
        await ReadAsync("GetAvailability", $"/api/v1/sessions/{sale.SessionId}/availability", null, ct);
        await ReadAsync("GetSeats", $"/api/v1/sessions/{sale.SeatedSessionId}/seats", null, ct);
        await ReadAsync("ListProducts", $"/api/v1/products?sessionId={sale.SessionId}", null, ct);
        await ReadAsync("GetProduct", $"/api/v1/products/{sale.ProductId}", null, ct);
        await ReadAsync("GetTicketKeys", "/api/v1/tickets/keys", null, ct);
    }

    private async Task TeamAsync(string organizer, string owner, CancellationToken ct)
    {
        await ReadAsync("ListOrganizers", "/api/v1/organizers", owner, ct);
        var made = await PostAsync("CreateOrganizer", "/api/v1/organizers", organizer, new { name = "Growth" }, ct);
        var path = $"/api/v1/organizers/{made.Id()}";
        await EditAsync("EditOrganizer", HttpMethod.Patch, path, organizer, new { name = "Grown" }, ct);
        await ReadAsync("ListMembers", $"/api/v1/organizers/{sale.OrganizerId}/members", owner, ct);
        var fee = $"/api/v1/organizers/{sale.OrganizerId}/fee";
        await ReadAsync("GetFee", fee, owner, ct);
        await SendAsync("SetFeeBearer", HttpMethod.Put, $"{fee}/bearer", owner, new { passedOn = true }, ct);
        var log = $"/api/v1/organizers/{sale.OrganizerId}/audit-log";
        await ReadAsync("ListOrganizerAuditLog", log, owner, ct);
        await ReadAsync("ListOrganizerAuditLog", $"{log}?action=event.cancelled", owner, ct);
        await DownloadAsync("ExportOrganizerAuditLog", $"{log}/export", owner, ct);
        var guest = await LogInAsync(SeedLogins.OtherBuyer.Email, SeedLogins.OtherBuyer.Password, ct);
        foreach (var (operation, answer) in new[] { ("DeclineInvitation", "decline"), ("AcceptInvitation", "accept") })
        {
            var invited = $"{path}/invitations/{await InviteAsync()}";
            await ReadAsync("GetInvitation", invited, guest, ct);
            await SendAsync(operation, HttpMethod.Post, $"{invited}/{answer}", guest, null, ct);
        }
        await SendAsync(
            "WithdrawInvitation",
            HttpMethod.Delete,
            $"{path}/invitations/{await InviteAsync()}",
            organizer,
            null,
            ct
        );
        await ReadAsync("ListInvitations", path + "/invitations", organizer, ct);
        var members = await ReadAsync("ListMembers", path + "/members", organizer, ct);
        var other = members["items"]!.AsArray().Single(m => m!.Text("role") == "door")!.Text("userId");
        await SendAsync(
            "SetMember",
            HttpMethod.Put,
            $"{path}/members/{other}",
            organizer,
            new { role = "manager" },
            ct
        );
        await SendAsync("RemoveMember", HttpMethod.Delete, $"{path}/members/{other}", organizer, null, ct);
        await ReadAsync("ListOrganizerEvents", $"/api/v1/organizers/{sale.OrganizerId}/events", owner, ct);
        await ReadAsync("ListVenues", $"/api/v1/venues?organizerId={sale.OrganizerId}", owner, ct);
        await ReadAsync("GetVenue", $"/api/v1/venues/{sale.VenueId}", owner, ct);
        await ReadAsync("ListSeatMaps", $"/api/v1/venues/{sale.VenueId}/seat-maps", owner, ct);
        await ReadAsync("ListCoupons", $"/api/v1/events/{sale.EventId}/coupons", owner, ct);
        await ReadAsync("GetCoupon", $"/api/v1/coupons/{sale.CouponId}", owner, ct);
        await ReadAsync("ListEventOrders", $"/api/v1/orders?eventId={sale.EventId}", owner, ct);
        await ReadAsync("ListEventOrders", $"/api/v1/orders?eventId={sale.EventId}&status=refunded", owner, ct);
        await ReadAsync(
            "ListEventOrders",
            $"/api/v1/orders?eventId={sale.EventId}&number={sale.OrderNumber}",
            owner,
            ct
        );
        foreach (var typed in new[] { "Person", "person-1@example.com", sale.OrderNumber[..5], sale.OrderNumber })
            await ReadAsync(
                "ListEventOrders",
                $"/api/v1/orders?eventId={sale.EventId}&q={Uri.EscapeDataString(typed)}",
                owner,
                ct
            );
        foreach (var sort in new[] { "placed", "total" })
            await ReadAsync("ListEventOrders", $"/api/v1/orders?eventId={sale.EventId}&sort={sort}", owner, ct);
        await ReadAsync("ListOrganizerEvents", $"/api/v1/organizers/{sale.OrganizerId}/events?sort=title", owner, ct);
        foreach (var query in new[] { "q=pe", "sort=-admitted&status=valid", "sort=seat&type=Full&limit=1" })
            await ReadAsync("ListAttendees", $"/api/v1/check-in-lists/{sale.SessionId}/attendees?{query}", owner, ct);
        await ReadAsync("ListSales", $"/api/v1/orders/sales?organizerId={sale.OrganizerId}&days=366", owner, ct);
        await ReadAsync(
            "ListSales",
            $"/api/v1/orders/sales?organizerId={sale.OrganizerId}&eventId={sale.EventId}",
            owner,
            ct
        );
        await ReadAsync("ListStatements", $"/api/v1/orders/statements?organizerId={sale.OrganizerId}", owner, ct);
        var statement = $"/api/v1/orders/statements/pdf?organizerId={sale.OrganizerId}&eventId={sale.EventId}";
        await DownloadAsync("GetStatementPdf", statement, owner, ct);
        await ReadAsync("GetCapacity", $"/api/v1/events/{sale.EventId}/capacity", owner, ct);
        await ReadAsync("CountCheckIns", $"/api/v1/check-ins?sessionId={sale.SessionId}", owner, ct);

        async Task<string> InviteAsync()
        {
            var invitation = new { email = SeedLogins.OtherBuyer.Email, role = "door" };
            return (await PostAsync("InviteMember", path + "/invitations", organizer, invitation, ct)).Text("id");
        }
    }

    /// <summary>Everything that an organizer does for a show, and a change of one that has sold.</summary>
    private async Task ProgrammeAsync(string organizer, string owner, CancellationToken ct)
    {
        var mine = await ReadAsync("ListOrganizers", "/api/v1/organizers", organizer, ct);
        var organizerId = mine["items"]![0]!.Id();
        var place = new
        {
            organizerId,
            name = "Growth",
            address = "Street 1",
            city = "Recife",
            state = "PE",
            timeZone = "America/Recife",
        };
        var venue = await PostAsync("CreateVenue", "/api/v1/venues", organizer, place, ct);
        await EditAsync(
            "EditVenue",
            HttpMethod.Patch,
            $"/api/v1/venues/{venue.Id()}",
            organizer,
            new { name = "Grown" },
            ct
        );
        var rows = new[] { new { name = "A", seats = 10 } };
        var layout = new { name = $"Map {Guid.CreateVersion7()}", sections = new[] { new { name = "All", rows } } };
        var map = await PostAsync("CreateSeatMap", $"/api/v1/venues/{venue.Id()}/seat-maps", organizer, layout, ct);
        await EditAsync("ReplaceSeatMap", HttpMethod.Put, $"/api/v1/seat-maps/{map.Id()}", organizer, layout, ct);
        var sketch = new
        {
            organizerId,
            venueId = venue.Id(),
            title = "Growth",
            description = "A show.",
            category = "concert",
        };
        var draft = await PostAsync("CreateEvent", "/api/v1/events", organizer, sketch, ct);
        await SendAsync("DeleteEvent", HttpMethod.Delete, $"/api/v1/events/{draft.Id()}", organizer, null, ct);

        var show = $"/api/v1/events/{(await PostAsync("CreateEvent", "/api/v1/events", organizer, sketch, ct)).Id()}";
        await EditAsync("EditEvent", HttpMethod.Patch, show, organizer, new { title = "Grown" }, ct);
        await SendAsync("PutEventPicture", HttpMethod.Put, show + "/picture", organizer, Picture, ct);
        await DownloadAsync("GetEventPicture", show + "/picture", organizer, ct);
        await SendAsync("RemoveEventPicture", HttpMethod.Delete, show + "/picture", organizer, null, ct);
        var startsAt = TimeProvider.System.GetUtcNow().AddDays(60);
        var session = await PostAsync("AddSession", show + "/sessions", organizer, new { startsAt }, ct);
        var spare = await PostAsync(
            "AddSession",
            show + "/sessions",
            organizer,
            new { startsAt = startsAt.AddDays(1) },
            ct
        );
        await SendAsync("RemoveSession", HttpMethod.Delete, $"/api/v1/sessions/{spare.Id()}", organizer, null, ct);
        var at = $"/api/v1/sessions/{session.Id()}";
        await EditAsync("EditSession", HttpMethod.Patch, at, organizer, new { doorsAt = startsAt.AddHours(-1) }, ct);
        var pool = await PostAsync("AddPool", at + "/pools", organizer, new { name = "Floor", capacity = 100 }, ct);
        await EditAsync(
            "EditPool",
            HttpMethod.Patch,
            $"{at}/pools/{pool.Id()}",
            organizer,
            new { capacity = 120 },
            ct,
            etagOf: pool
        );
        var other = await PostAsync("AddPool", at + "/pools", organizer, new { name = "Other", capacity = 10 }, ct);
        await SendAsync("RemovePool", HttpMethod.Delete, $"{at}/pools/{other.Id()}", organizer, null, ct);
        var price = new { amount = 5000, currency = "BRL" };
        var full = new
        {
            name = "Full",
            kind = "full",
            poolId = pool.Id(),
            price,
        };
        var type = await PostAsync("AddTicketType", at + "/ticket-types", organizer, full, ct);
        await EditAsync(
            "EditTicketType",
            HttpMethod.Patch,
            $"/api/v1/ticket-types/{type.Id()}",
            organizer,
            new { name = "Whole" },
            ct
        );
        var half = new
        {
            name = "Half",
            kind = "half",
            poolId = pool.Id(),
            price,
        };
        var gone = await PostAsync("AddTicketType", at + "/ticket-types", organizer, half, ct);
        await SendAsync(
            "RemoveTicketType",
            HttpMethod.Delete,
            $"/api/v1/ticket-types/{gone.Id()}",
            organizer,
            null,
            ct
        );
        await PostAsync("PublishEvent", show + "/publish", organizer, new { }, ct);
        var code = new
        {
            code = "GROWTH",
            percentOff = 10,
            maxRedemptions = 10,
        };
        var coupon = await PostAsync("CreateCoupon", show + "/coupons", organizer, code, ct);
        var subtotal = new { amount = 10_000, currency = "BRL" };
        await PostAsync("QuoteCoupon", show + "/coupons/quote", organizer, new { code.code, subtotal }, ct);
        await EditAsync(
            "EditCoupon",
            HttpMethod.Patch,
            $"/api/v1/coupons/{coupon.Id()}",
            organizer,
            new { maxRedemptions = 20 },
            ct
        );
        var shirt = new
        {
            sessionId = session.Id(),
            name = "T-shirt",
            price,
            stock = 10,
            maxPerOrder = 4,
        };
        // Products hears of the session a moment later.
        var product = await WaitAsync(
            () => TryPostAsync("CreateProduct", "/api/v1/products", organizer, shirt, ct),
            ct
        );
        var sold = $"/api/v1/products/{product.Id()}";
        await EditAsync("EditProduct", HttpMethod.Patch, sold, organizer, new { stock = 20 }, ct);
        await EditAsync("HideProduct", HttpMethod.Delete, sold, organizer, null, ct);
        await PostAsync("CancelEvent", show + "/cancel", organizer, new { reason = "Rain" }, ct);
        var title = $"Show {Guid.CreateVersion7()}";
        await EditAsync("EditEvent", HttpMethod.Patch, $"/api/v1/events/{sale.EventId}", owner, new { title }, ct);
    }

    /// <summary>A purchase of each kind, from the places of a session of the fill.</summary>
    private async Task BuyAsync(Tokens tokens, string admin, CancellationToken ct)
    {
        var filled = tokens.Of(sale.BuyerId);
        await ReadAsync("ListMyOrders", "/api/v1/me/orders", filled, ct);
        await ReadAsync("ListMyOrders", "/api/v1/me/orders?status=fulfilled&limit=2", filled, ct);
        await ReadAsync("ListMyTickets", "/api/v1/me/tickets", filled, ct);
        await ReadAsync("ListMyTickets", "/api/v1/me/tickets?upcoming=true", filled, ct);
        await ReadAsync("GetOrder", $"/api/v1/orders/{sale.OrderId}", filled, ct);
        await ReadAsync("GetTicket", $"/api/v1/tickets/{sale.TicketId}", filled, ct);
        await DownloadAsync("GetTicketPdf", $"/api/v1/tickets/{sale.TicketId}/pdf", filled, ct);
        await ReadAsync("ListOrderTickets", $"/api/v1/tickets?orderId={sale.OrderId}", filled, ct);
        await DownloadAsync("GetOrderPdf", $"/api/v1/tickets/pdf?orderId={sale.OrderId}", filled, ct);
        await DownloadAsync("GetCalendar", $"/api/v1/sessions/{sale.SessionId}/calendar", filled, ct);
        await ReadAsync("GetHold", $"/api/v1/holds/{sale.HoldId}", filled, ct);
        await ReadAsync("ListNotifications", $"{notifications}api/v1/notifications?orderId={sale.OrderId}", admin, ct);
        await ReadAsync("ListLedgerPostings", "/api/v1/payments/ledger", admin, ct);
        await ReadAsync("ListLedgerPostings", $"/api/v1/payments/ledger?orderId={sale.OrderId}", admin, ct);
        await ReadAsync("GetLedgerBalances", "/api/v1/payments/ledger/balances", admin, ct);
        var justNow = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        await ReadAsync(
            "ReconcilePayments",
            $"/api/v1/payments/reconciliation?provider=pix-api&from={justNow:yyyy-MM-ddTHH:mm:ssZ}&until={justNow.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}",
            admin,
            ct
        );
        await PayOutAsync(tokens.Of(sale.OwnerId), admin, ct);
        await ReadAsync("ListDisputes", "/api/v1/payments/disputes", admin, ct);
        await ReadAsync("ListDisputes", "/api/v1/payments/disputes?open=true", admin, ct);

        var email = $"{Guid.CreateVersion7():N}@example.com";
        await PostAsync(
            "RegisterUser",
            "/api/v1/users",
            null,
            new
            {
                email,
                password = Password,
                name = "Growth",
            },
            ct
        );
        var me = await LogInAsync(email, Password, ct);
        var held = await HoldAsync(me, ct);
        await SendAsync("ReturnHold", HttpMethod.Delete, $"/api/v1/holds/{held.Id()}", me, null, ct);

        var given = await OrderAsync(me, email, "pix", null, ct);
        await PostAsync("CancelOrder", $"/api/v1/orders/{given.Id()}/cancel", me, new { }, ct);

        var declined = await OrderAsync(me, email, "card", "tok_decline", ct);
        var card = new { method = "card", cardToken = "tok_approve" };
        await WaitAsync(
            () => TryPostAsync("RetryPayment", $"/api/v1/orders/{declined.Id()}/payments", me, card, ct),
            ct
        );
        await UntilAsync(declined, me, "fulfilled", ct);

        var bought = await OrderAsync(me, email, "pix", null, ct);
        var payable = await WaitAsync(
            async () =>
                await ReadAsync("GetOrder", $"/api/v1/orders/{bought.Id()}?wait=5", me, ct) is var o
                && o["payment"]?["pix"] is not null
                    ? o
                    : null,
            ct
        );
        await PostAsync(
            "ReceivePixWebhook",
            $"/sandbox/pix/{payable["payment"]!["pix"]!.Text("txId")}/pay",
            null,
            new { },
            ct
        );
        await UntilAsync(bought, me, "fulfilled", ct);
        var asked = await OrderAsync(me, email, "card", "tok_3ds", ct);
        var challenged = await WaitAsync(
            async () =>
                await ReadAsync("GetOrder", $"/api/v1/orders/{asked.Id()}?wait=5", me, ct) is var o
                && o["payment"]?["card"]?["challengeUrl"] is not null
                    ? o
                    : null,
            ct
        );
        await PostAsync(
            "ReceiveWebhook",
            new Uri(challenged["payment"]!["card"]!.Text("challengeUrl")).AbsolutePath + "/approve",
            null,
            new { },
            ct
        );
        await UntilAsync(asked, me, "fulfilled", ct);
        await PostAsync("MailOrderAgain", $"/api/v1/orders/{bought.Id()}/mails", me, new { }, ct);
        var part = new { amount = 100 };
        await PostAsync("RequestRefund", $"/api/v1/orders/{bought.Id()}/refunds", tokens.Of(sale.OwnerId), part, ct);
        await PostAsync("RequestRefund", $"/api/v1/orders/{bought.Id()}/refunds", me, new { reason = "Ill" }, ct);

        var mine = await ReadAsync("ListMyTickets", "/api/v1/me/tickets", me, ct);
        var ids = mine["items"]!.AsArray().Where(t => t!.Text("status") == "valid").Select(t => t!.Id()).ToList();
        await DownloadAsync("GetTicketPdf", $"/api/v1/tickets/{ids[0]}/pdf", me, ct);
        var ticket = await ReadAsync("GetTicket", $"/api/v1/tickets/{ids[0]}", me, ct);
        var scan = new { code = ticket.Text("code"), gate = "A" };
        await PostAsync("CheckIn", "/api/v1/check-ins", tokens.Of(sale.DoorId), scan, ct);
        await PostAsync("ReissueTicket", $"/api/v1/tickets/{ids[1]}/reissue", me, new { }, ct);
        await TransferAsync(ids[1], me, ct);
        var number = mine["items"]!.AsArray().Single(t => t!.Id() == ids[1])!.Text("number");
        var typed = new
        {
            sessionId = sale.SessionId,
            number,
            gate = "A",
        };
        await PostAsync("CheckInByNumber", "/api/v1/check-ins/by-number", tokens.Of(sale.DoorId), typed, ct);
        await ReadAsync("GetCheckInList", $"/api/v1/check-in-lists/{sale.SessionId}", tokens.Of(sale.DoorId), ct);
        var scanned = new
        {
            at = TimeProvider.System.GetUtcNow(),
            gate = "A",
            typed.number,
        };
        var batch = new
        {
            typed.sessionId,
            deviceId = "growth",
            scans = new[] { scanned },
        };
        await PostAsync("MergeCheckIns", "/api/v1/check-ins/batch", tokens.Of(sale.DoorId), batch, ct);
        await UntilAsync(bought, me, "refunded", ct);
        var charge = new Uri(challenged["payment"]!["card"]!.Text("challengeUrl")).Segments[^1];
        await PostAsync("ReceiveWebhook", $"/sandbox/cards/charges/{charge}/dispute", null, new { }, ct);
        var owner = tokens.Of(sale.OwnerId);
        var disputed = await WaitAsync(
            async () =>
                await ReadAsync("ListOrderDisputes", $"/api/v1/orders/{asked.Id()}/disputes", owner, ct) is var found
                && found["items"]!.AsArray().Count > 0
                    ? found
                    : null,
            ct
        );
        var answer = $"/api/v1/orders/{asked.Id()}/disputes/{disputed["items"]![0]!.Id()}/evidence";
        await PostAsync("AnswerDispute", answer, owner, new { text = "Came in." }, ct);
        await SendAsync("EraseProfile", HttpMethod.Delete, "/api/v1/me", me, new { password = Password }, ct);
    }

    private async Task PayOutAsync(string owner, string admin, CancellationToken ct)
    {
        var account = new
        {
            holder = "Growth",
            taxId = "52998224725",
            pixKey = "pix@growth.example",
        };
        await SendAsync(
            "SetPayoutAccount",
            HttpMethod.Put,
            $"/api/v1/orders/payout-account?organizerId={sale.OrganizerId}",
            owner,
            account,
            ct
        );
        var policy = $"/api/v1/orders/refund-policy?organizerId={sale.OrganizerId}";
        await SendAsync("SetRefundPolicy", HttpMethod.Put, policy, owner, new { keepsFee = true }, ct);
        await ReadAsync("GetRefundPolicy", policy, owner, ct);
        await ReadAsync("GetBalance", $"/api/v1/orders/balance?organizerId={sale.OrganizerId}", owner, ct);
        var made = await PostAsync("CreatePayoutBatch", "/api/v1/payments/payout-batches", admin, new { }, ct);
        var batch = $"/api/v1/payments/payout-batches/{made.Id()}";
        await ReadAsync("GetPayoutBatch", batch, admin, ct);
        await ReadAsync("ListPayoutBatches", "/api/v1/payments/payout-batches", admin, ct);
        await DownloadAsync("GetPayoutFile", $"{batch}/file", admin, ct);
        var payouts = await ReadAsync("ListPayouts", "/api/v1/payments/payouts", admin, ct);
        await ReadAsync("ListPayouts", $"/api/v1/payments/payouts?batchId={made.Id()}", admin, ct);
        await ReadAsync("ListOrganizerPayouts", $"/api/v1/orders/payouts?organizerId={sale.OrganizerId}", owner, ct);
        var payout = $"/api/v1/payments/payouts/{payouts["items"]![0]!.Id()}";
        await PostAsync("ConfirmPayout", $"{payout}/paid", admin, new { }, ct);
        await PostAsync("ConfirmPayoutBatch", $"{batch}/paid", admin, new { }, ct);
        await PostAsync("FailPayout", $"{payout}/failed", admin, new { reason = "Closed" }, ct);
    }

    private async Task TransferAsync(Guid ticket, string me, CancellationToken ct)
    {
        var friend = await LogInAsync(SeedLogins.OtherBuyer.Email, SeedLogins.OtherBuyer.Password, ct);
        var receiver = new { email = SeedLogins.OtherBuyer.Email, name = "João" };
        var transfers = $"/api/v1/tickets/{ticket}/transfers";
        async Task<string> OfferAsync() =>
            $"{transfers}/{(await PostAsync("OfferTransfer", transfers, me, receiver, ct)).Id()}";

        await SendAsync("WithdrawTransfer", HttpMethod.Delete, await OfferAsync(), me, null, ct);
        await PostAsync("DeclineTransfer", $"{await OfferAsync()}/decline", friend, new { }, ct);
        var offer = await OfferAsync();
        await ReadAsync("GetTransfer", offer, friend, ct);
        await ReadAsync("ListMyTransfers", "/api/v1/me/transfers", friend, ct);
        await ReadAsync("ListMyTransfers", "/api/v1/me/transfers?side=sent", me, ct);
        await PostAsync("AcceptTransfer", $"{offer}/accept", friend, new { }, ct);
    }

    private Task<JsonNode> HoldAsync(string me, CancellationToken ct)
    {
        var items = new[] { new { ticketTypeId = sale.TicketTypeId, quantity = 2 } };
        return PostAsync("CreateHold", "/api/v1/holds", me, new { sessionId = sale.SessionId, items }, ct);
    }

    private async Task<JsonNode> OrderAsync(
        string me,
        string email,
        string method,
        string? cardToken,
        CancellationToken ct
    )
    {
        var hold = await HoldAsync(me, ct);
        var order = new
        {
            holdId = hold.Id(),
            buyer = new { name = "Growth", email },
            attendees = Array.Empty<object>(),
            products = new[] { new { productId = sale.ProductId, quantity = 1 } },
            payment = new { method, cardToken },
        };
        return await PostAsync("PlaceOrder", "/api/v1/orders", me, order, ct);
    }

    private Task<JsonNode> UntilAsync(JsonNode order, string me, string status, CancellationToken ct) =>
        WaitAsync(
            async () =>
                await ReadAsync("GetOrder", $"/api/v1/orders/{order.Id()}", me, ct) is var now
                && now.Text("status") == status
                    ? now
                    : null,
            ct
        );

    private static async Task<JsonNode> WaitAsync(Func<Task<JsonNode?>> read, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        while (true)
        {
            if (await read() is { } answer)
                return answer;
            await Task.Delay(Pause, limit.Token);
        }
    }

    private async Task<string> LogInAsync(string email, string password, CancellationToken ct)
    {
        using var api = new ApiClient(http.BaseAddress!);
        await api.LogInAsync(email, password, ct);
        return api.AccessToken!;
    }

    /// <summary>Twice: what the first call put into a cache costs the second less, and the average tells of both.</summary>
    private async Task<JsonNode> ReadAsync(string operation, string path, string? token, CancellationToken ct)
    {
        await SendAsync(operation, HttpMethod.Get, path, token, null, ct);
        return await SendAsync(operation, HttpMethod.Get, path, token, null, ct);
    }

    private Task<JsonNode> PostAsync(string operation, string path, string? token, object body, CancellationToken ct) =>
        SendAsync(operation, HttpMethod.Post, path, token, body, ct);

    /// <summary>Null while it is refused: another service has not heard of the thing yet.</summary>
    private async Task<JsonNode?> TryPostAsync(
        string operation,
        string path,
        string token,
        object body,
        CancellationToken ct
    )
    {
        using var answer = await AnswerAsync(operation, HttpMethod.Post, path, token, body, null, ct);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonNode>(ct) : null;
    }

    private async Task DownloadAsync(string operation, string path, string token, CancellationToken ct)
    {
        using var answer = await AnswerAsync(operation, HttpMethod.Get, path, token, null, null, ct);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>With the version that it has now.</summary>
    /// <param name="etagOf">What was just made and cannot be read alone.</param>
    private async Task EditAsync(
        string operation,
        HttpMethod method,
        string path,
        string token,
        object? body,
        CancellationToken ct,
        JsonNode? etagOf = null
    )
    {
        string? etag = null;
        if (etagOf is null)
        {
            using var now = await AnswerAsync(null, HttpMethod.Get, path, token, null, null, ct);
            etag = now.Headers.ETag?.ToString();
        }
        using var answer = await AnswerAsync(operation, method, path, token, body, etag ?? "*", ct);
        await CheckAsync(answer, ct);
    }

    private async Task<JsonNode> SendAsync(
        string? operation,
        HttpMethod method,
        string path,
        string? token,
        object? body,
        CancellationToken ct
    )
    {
        using var answer = await AnswerAsync(operation, method, path, token, body, null, ct);
        var text = await CheckAsync(answer, ct);
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    private static async Task<string> CheckAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode
            ? text
            : throw new LocalException(
                $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.PathAndQuery} answered {(int)answer.StatusCode}: {text}"
            );
    }

    private async Task<HttpResponseMessage> AnswerAsync(
        string? operation,
        HttpMethod method,
        string path,
        string? token,
        object? body,
        string? ifMatch,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is byte[] picture)
            request.Content = new ByteArrayContent(picture) { Headers = { ContentType = new("image/jpeg") } };
        else if (body is not null)
            request.Content = JsonContent.Create(body);
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (method == HttpMethod.Post)
            request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        if (operation is not null)
            called.Add(operation);
        return await http.SendAsync(request, ct);
    }
}
