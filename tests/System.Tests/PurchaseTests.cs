using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Ticketing.Local.Auditing;
using Ticketing.Local.Hosting;
using Ticketing.Local.Seeding;
using Ticketing.LocalPostgres;
using Ticketing.TestKit;

namespace Ticketing.System.Tests;

public sealed class PurchaseTests(TicketingSystem system) : PurchaseScenarios(system), IClassFixture<TicketingSystem>;

/// <summary>The same where whatever a request or a message changes, another process may be the next to read.</summary>
public sealed class ReplicatedPurchaseTests(ReplicatedSystem system)
    : PurchaseScenarios(system),
        IClassFixture<ReplicatedSystem>
{
    public static TheoryData<string> Services => [.. ServiceCatalog.All.Select(s => s.AppId)];

    /// <summary>A body that no longer fits its endpoint, or a query that is wrong, would warm nothing.</summary>
    [Theory]
    [MemberData(nameof(Services))]
    public async Task What_a_replica_rehearses_ends_as_it_should(string service)
    {
        var health = system.Local.ServicesOf(service).GetRequiredService<HealthCheckService>();
        var report = await health.CheckHealthAsync(CancellationToken.None);
        Assert.Null(report.Entries["warm-up"].Description);
    }
}

/// <summary>The purchase over public HTTP, every way it can end. Every webhook is delivered twice here.</summary>
public abstract class PurchaseScenarios(TicketingSystem system)
{
    [Fact]
    public async Task A_pix_purchase_ends_with_a_ticket_that_admits_once()
    {
        var show = await system.ShowAsync(capacity: 5, stock: 3);
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByPixAsync(show, quantity: 2, show.ProductId);
        Assert.Equal(25000, order["total"]!["amount"]!.GetValue<int>());
        order = await buyer.PayableAsync(order);
        Assert.Equal("awaitingPayment", order.Text("status"));

        await buyer.PayAsync(order);
        await buyer.WaitForStatusAsync(order, "fulfilled");

        var tickets = await buyer.TicketsAsync();
        Assert.Equal(2, tickets.Count);
        var ticket = await buyer.Api.GetAsync($"/api/v1/tickets/{tickets[0].Id()}", default);
        var pdf = new TicketPdf(await buyer.Api.DownloadAsync($"/api/v1/tickets/{ticket.Id()}/pdf", default));
        Assert.Contains(ticket.Text("number"), pdf.Text);
        // Each signing of a ticket differs; that this one holds is what the door says below.
        Assert.NotNull(pdf.QrCode);

        var mail = await MailTo(buyer);
        Assert.Contains(order.Text("number"), mail.Text("subject") + mail.Text("text"));
        await AssertTheMailedLinkWorks(mail);

        using var door = await system.LogInAsync(SeedLogins.Door);
        var scan = new { code = pdf.QrCode, gate = "A" };
        await door.PostAsync("/api/v1/check-ins", scan, default);
        using var again = await door.SendAsync(HttpMethod.Post, "/api/v1/check-ins", scan, default);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal("already-used", await ProblemOf(again));
        await system.AssertInvariantsAsync();
    }

    [Fact]
    public async Task An_approved_card_buys()
    {
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByCardAsync(await system.ShowAsync(capacity: 1), "tok_approve");
        await buyer.WaitForStatusAsync(order, "fulfilled");
        Assert.Single(await buyer.TicketsAsync());
    }

    [Fact]
    public async Task A_declined_card_keeps_the_places_for_another_try()
    {
        var show = await system.ShowAsync(capacity: 1);
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByCardAsync(show, "tok_decline");
        await buyer.WaitAsync(order, o => o["payment"]?.Text("status") == "failed");
        await show.UntilAvailableAsync(buyer.Api, 0);

        await buyer.Api.PostAsync(
            $"/api/v1/orders/{order.Id()}/payments",
            new { method = "card", cardToken = "tok_approve" },
            default
        );
        await buyer.WaitForStatusAsync(order, "fulfilled");
        await system.AssertInvariantsAsync();
    }

    [Fact]
    public async Task A_card_that_settles_late_still_buys()
    {
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByCardAsync(await system.ShowAsync(capacity: 1), "tok_settle_late");
        await buyer.WaitForStatusAsync(order, "fulfilled");
    }

    [Fact]
    public async Task A_free_order_needs_no_payment()
    {
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByPixAsync(await system.ShowAsync(capacity: 1, price: 0));
        await buyer.WaitForStatusAsync(order, "fulfilled");
        Assert.Single(await buyer.TicketsAsync());
    }

    [Fact]
    public async Task A_cancelled_order_gives_the_places_back()
    {
        var show = await system.ShowAsync(capacity: 2, stock: 1);
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByPixAsync(show, 2, show.ProductId);
        await buyer.Api.PostAsync($"/api/v1/orders/{order.Id()}/cancel", null, default);
        await buyer.WaitForStatusAsync(order, "cancelled");
        await show.UntilAvailableAsync(buyer.Api, 2);
        await system.AssertInvariantsAsync();
    }

    [Fact]
    public async Task A_refunded_order_voids_its_tickets_and_frees_the_places()
    {
        var show = await system.ShowAsync(capacity: 1);
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByCardAsync(show, "tok_approve");
        await buyer.WaitForStatusAsync(order, "fulfilled");
        var code = (await buyer.Api.GetAsync($"/api/v1/tickets/{(await buyer.TicketsAsync())[0].Id()}", default)).Text(
            "code"
        );

        await buyer.Api.PostAsync($"/api/v1/orders/{order.Id()}/refunds", new { reason = "changed my mind" }, default);
        await buyer.WaitForStatusAsync(order, "refunded");

        await show.UntilAvailableAsync(buyer.Api, 1);
        using var door = await system.LogInAsync(SeedLogins.Door);
        using var scan = await door.SendAsync(HttpMethod.Post, "/api/v1/check-ins", new { code, gate = "A" }, default);
        Assert.Equal(HttpStatusCode.Gone, scan.StatusCode);
        await system.AssertInvariantsAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_ticket_and_an_add_on_go_back_and_then_all_that_is_left(bool card)
    {
        var show = await system.ShowAsync(capacity: 2, stock: 1);
        var buyer = await system.BuyerAsync();
        var hold = await buyer.HoldAsync(show, 2);
        var order = await buyer.OrderAsync(hold, card ? "card" : "pix", card ? "tok_approve" : null, show.ProductId);
        if (!card)
            await buyer.PayAsync(order);
        order = await buyer.WaitForStatusAsync(order, "fulfilled");
        var codes = new List<string>();
        foreach (var ticket in order["tickets"]!.AsArray())
            codes.Add((await buyer.Api.GetAsync($"/api/v1/tickets/{ticket!.Id()}", default)).Text("code"));
        using var organizer = await system.LogInAsync(SeedLogins.Organizer);
        var refunds = $"/api/v1/orders/{order.Id()}/refunds";

        await organizer.PostAsync(
            refunds,
            new
            {
                ticketIds = new[] { order["tickets"]![0]!.Id() },
                products = new[] { new { productId = show.ProductId, quantity = 1 } },
                reason = "Adoeceu",
            },
            default
        );

        var rest = await buyer.WaitAsync(order, o => o["partialRefunds"]![0]?["completed"]?.GetValue<bool>() == true);
        Assert.Equal("fulfilled", rest.Text("status"));
        await show.UntilAvailableAsync(buyer.Api, 1);
        Assert.Contains(
            "não valem mais",
            (await MailTo(buyer, "Reembolso do pedido")).Text("text"),
            StringComparison.OrdinalIgnoreCase
        );
        using var door = await system.LogInAsync(SeedLogins.Door);
        using (
            var gone = await door.SendAsync(
                HttpMethod.Post,
                "/api/v1/check-ins",
                new { code = codes[0], gate = "A" },
                default
            )
        )
            Assert.Equal("voided", await ProblemOf(gone));
        await door.PostAsync("/api/v1/check-ins", new { code = codes[1], gate = "A" }, default);
        await system.AssertInvariantsAsync();

        await organizer.PostAsync(refunds, new { evenIfUsed = true }, default);
        await buyer.WaitForStatusAsync(order, "refunded");
        await show.UntilAvailableAsync(buyer.Api, 2);
        await system.AssertInvariantsAsync();
    }

    [Theory]
    [InlineData("win")]
    [InlineData("lose")]
    public async Task A_disputed_order_opens_no_door_until_the_bank_has_decided(string outcome)
    {
        var show = await system.ShowAsync(capacity: 1);
        var buyer = await system.BuyerAsync();
        var order = await buyer.PayableAsync(await buyer.OrderByPixAsync(show));
        await buyer.PayAsync(order);
        await buyer.WaitForStatusAsync(order, "fulfilled");
        var ticket = await buyer.Api.GetAsync($"/api/v1/tickets/{(await buyer.TicketsAsync())[0].Id()}", default);
        var paid = await buyer.Api.GetAsync($"/api/v1/orders/{order.Id()}", default);
        Assert.Null(paid["dispute"]);
        var bank = $"/sandbox/pix/{order["payment"]!["pix"]!.Text("txId")}/dispute";

        await buyer.Api.PostAsync(bank, null, default);

        await BlockedAsync(buyer, ticket, true);
        await buyer.WaitAsync(order, o => o["dispute"]?.Text("state") == "open");
        using var door = await system.LogInAsync(SeedLogins.Door);
        var scan = new { code = ticket.Text("code"), gate = "A" };
        using (var blocked = await door.SendAsync(HttpMethod.Post, "/api/v1/check-ins", scan, default))
            Assert.Equal("ticket-blocked", await ProblemOf(blocked));
        var refund = $"/api/v1/orders/{order.Id()}/refunds";
        using (var refused = await buyer.Api.SendAsync(HttpMethod.Post, refund, new { }, default))
            Assert.Equal("payment-disputed", await ProblemOf(refused));

        await buyer.Api.PostAsync($"{bank}/{outcome}", null, default);

        if (outcome == "win")
        {
            await BlockedAsync(buyer, ticket, false);
            await buyer.WaitAsync(order, o => o["dispute"]?.Text("state") == "won");
            await door.PostAsync("/api/v1/check-ins", scan, default);
        }
        else
        {
            await buyer.WaitForStatusAsync(order, "refunded");
            using var voided = await door.SendAsync(HttpMethod.Post, "/api/v1/check-ins", scan, default);
            Assert.Equal("voided", await ProblemOf(voided));
            await show.UntilAvailableAsync(buyer.Api, 1);
        }
        await system.AssertInvariantsAsync();
    }

    private static Task BlockedAsync(Buyer buyer, JsonNode ticket, bool blocked) =>
        Eventually.GetAsync(
            () => buyer.Api.GetAsync($"/api/v1/tickets/{ticket.Id()}", default),
            now => now["blockReason"] is not null == blocked
        );

    [Fact]
    public async Task A_ticket_is_offered_by_mail_accepted_and_refunded_by_the_organizer_alone()
    {
        var show = await system.ShowAsync(capacity: 1);
        var (buyer, friend) = (await system.BuyerAsync(), await system.BuyerAsync());
        var order = await buyer.OrderByCardAsync(show, "tok_approve");
        await buyer.WaitForStatusAsync(order, "fulfilled");
        var ticket = $"/api/v1/tickets/{(await buyer.TicketsAsync())[0].Id()}";
        var code = (await buyer.Api.GetAsync(ticket, default)).Text("code");

        var to = new { email = friend.Email, name = "Bruna Lisboa" };
        var offer = await buyer.Api.PostAsync($"{ticket}/transfers", to, default);
        var link = LinkOf(await MailTo(friend, "ofereceu um ingresso"), "/transferencias/");
        using var anonymous = new ApiClient(system.BaseUrl);
        var page = await anonymous.DownloadAsync(link, default);
        Assert.Contains(order.Text("eventTitle"), Encoding.UTF8.GetString(page), StringComparison.Ordinal);
        var mine = (await friend.Api.GetAsync("/api/v1/me/transfers", default))["items"]!.AsArray();
        Assert.Equal(offer.Id(), Assert.Single(mine)!.Id());
        await friend.Api.PostAsync($"{ticket}/transfers/{offer.Id()}/accept", null, default);

        Assert.NotEqual(code, (await friend.Api.GetAsync(ticket, default)).Text("code"));
        await anonymous.DownloadAsync(LinkOf(await MailTo(friend, "Seu ingresso"), "/pdf?key="), default);
        await MailTo(buyer, "Ingresso transferido");
        using var refused = await buyer.Api.SendAsync(
            HttpMethod.Post,
            $"/api/v1/orders/{order.Id()}/refunds",
            new { },
            default
        );
        Assert.Equal("ticket-transferred", await ProblemOf(refused));

        using var organizer = await system.LogInAsync(SeedLogins.Organizer);
        await organizer.PostAsync($"/api/v1/orders/{order.Id()}/refunds", new { }, default);
        await buyer.WaitForStatusAsync(order, "refunded");
        await MailTo(friend, "Ingresso cancelado");
        await MailTo(buyer, "Reembolso");
        await show.UntilAvailableAsync(buyer.Api, 1);
        await system.AssertInvariantsAsync();
    }

    [Fact]
    public async Task Fifty_buyers_after_ten_places_get_exactly_ten()
    {
        var show = await system.ShowAsync(capacity: 10);
        var buyers = new List<Buyer>();
        foreach (var _ in Enumerable.Range(0, 50))
            buyers.Add(await system.BuyerAsync());
        var answers = await Task.WhenAll(buyers.Select(b => b.TryHoldAsync(show)));
        Assert.Equal(10, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        var refused = answers.Where(a => a.StatusCode != HttpStatusCode.Created).ToList();
        Assert.All(refused, a => Assert.Equal(HttpStatusCode.Conflict, a.StatusCode));
        foreach (var answer in refused)
            Assert.Equal("sold-out", await ProblemOf(answer));
        await system.AssertInvariantsAsync();
    }

    [Fact]
    public async Task The_same_idempotency_key_makes_one_order()
    {
        var show = await system.ShowAsync(capacity: 4);
        var buyer = await system.BuyerAsync();
        var hold = await buyer.HoldAsync(show);
        var key = Guid.CreateVersion7().ToString();
        var body = buyer.OrderOf(hold);
        var first = await buyer.Api.PostAsync("/api/v1/orders", body, default, key);
        var second = await buyer.Api.PostAsync("/api/v1/orders", body, default, key);
        Assert.Equal(first.ToJsonString(), second.ToJsonString());
        var orders = (await buyer.Api.GetAsync("/api/v1/me/orders", default))["items"]!.AsArray();
        Assert.Single(orders);
    }

    [Fact]
    public async Task What_is_somebody_elses_is_not_found()
    {
        var show = await system.ShowAsync(capacity: 2);
        var owner = await system.BuyerAsync();
        var order = await owner.OrderByCardAsync(show, "tok_approve");
        await owner.WaitForStatusAsync(order, "fulfilled");
        var ticket = (await owner.TicketsAsync())[0].Id();
        var hold = (await owner.HoldAsync(show)).Id();
        var stranger = await system.BuyerAsync();
        string[] paths =
        [
            $"/api/v1/orders/{order.Id()}",
            $"/api/v1/tickets/{ticket}",
            $"/api/v1/tickets/{ticket}/pdf",
            $"/api/v1/holds/{hold}",
        ];
        foreach (var path in paths)
        {
            using var answer = await stranger.Api.SendAsync(HttpMethod.Get, path, null, default);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        using var anonymous = new ApiClient(system.BaseUrl);
        using var refused = await anonymous.SendAsync(HttpMethod.Get, paths[0], null, default);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_sale_goes_on_after_a_restart_in_its_middle()
    {
        var show = await system.ShowAsync(capacity: 1);
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByPixAsync(show);
        await system.StopAsync();
        await system.StartAsync();
        await buyer.PayAsync(order);
        await buyer.WaitForStatusAsync(order, "fulfilled");
        await system.AssertInvariantsAsync();
    }

    [Fact]
    public async Task A_stopped_system_is_audited_as_of_its_last_moment()
    {
        var show = await system.ShowAsync(capacity: 1);
        var order = await (await system.BuyerAsync()).OrderByPixAsync(show);
        await system.StopAsync();
        // Two hours later: the deadline passed while nothing ran.
        var pause = TimeSpan.FromHours(2);
        await MoveDeadlineAsync(order, -pause);
        var cluster = Path.Combine(system.Folder, "pg", "server", "data");
        var control = Path.Combine(cluster, "global", "pg_control");
        File.SetLastWriteTimeUtc(control, File.GetLastWriteTimeUtc(control) - pause);

        Assert.Equal(0, await AuditCommand.RunAsync(system.Folder, default));
        Assert.Equal(0, await AuditCommand.RunAsync(system.Folder, default));

        await MoveDeadlineAsync(order, pause);
        await system.StartAsync();
    }

    private async Task MoveDeadlineAsync(JsonNode order, TimeSpan by)
    {
        var options = new PostgresOptions { DataDirectory = Path.Combine(system.Folder, "pg") };
        await using var postgres = await PostgresCluster.StartAsync(options);
        await using var connection = new NpgsqlConnection(postgres.ConnectionStringFor("orders"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "UPDATE orders SET expires_at = expires_at + $1 WHERE id = $2",
            connection
        )
        {
            Parameters =
            {
                new() { Value = by },
                new() { Value = order.Id() },
            },
        };
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    private static async Task<JsonNode> MailTo(Buyer buyer, string subject = "")
    {
        bool IsIt(JsonNode? mail) =>
            mail!.Text("to").Contains(buyer.Email, StringComparison.Ordinal)
            && mail!.Text("subject").Contains(subject, StringComparison.Ordinal);
        var mails = await Eventually.GetAsync(
            () => buyer.Api.GetAsync($"/dev/mail?format=json&to={Uri.EscapeDataString(buyer.Email)}", default),
            m => m["items"]!.AsArray().Any(IsIt)
        );
        var listed = mails["items"]!.AsArray().First(IsIt)!;
        return await buyer.Api.GetAsync($"/dev/mail/{listed.Text("id")}?format=json", default);
    }

    /// <summary>Path and query of the mail's link.</summary>
    private static string LinkOf(JsonNode mail, string part) =>
        new Uri(
            mail.Text("text")
                .Split(' ', '\n', '\r', '<', '>')
                .First(word => word.Contains(part, StringComparison.Ordinal))
        ).PathAndQuery;

    private async Task AssertTheMailedLinkWorks(JsonNode mail)
    {
        using var anonymous = new ApiClient(system.BaseUrl);
        var pdf = await anonymous.DownloadAsync(LinkOf(mail, "/pdf?key="), default);
        Assert.Equal("%PDF"u8.ToArray(), pdf[..4]);
    }

    private static async Task<string> ProblemOf(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!.Text("type").Split('#')[^1];
}
