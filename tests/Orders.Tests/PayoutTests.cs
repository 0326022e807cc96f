using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>What an organizer's team may see and say of its money at Payments.</summary>
public sealed class PayoutTests(OrdersApp app)
{
    private static readonly DateTimeOffset At = new(2027, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PayoutAccountView Before = new("Ana", "…4725", "…4321", null, At, At.AddDays(3));
    private static readonly PayoutAccountView After = Before with { ChangedAt = At.AddDays(9) };

    private readonly Guid organizer = Guid.CreateVersion7();

    private async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(
        HttpMethod method,
        string path,
        Guid by,
        object? body = null
    )
    {
        using var http = app.System.Client(AppIds.Orders, by);
        using var request = new HttpRequestMessage(method, $"/api/v1/orders/{path}organizerId={organizer}");
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    [Fact]
    public async Task The_balance_says_where_all_of_the_net_is()
    {
        app.Neighbours.Money[organizer] = request =>
            request.Is("GET /internal/organizers/*/balance")
                ? PeerStub.Json(new OrganizerBalance([new("BRL", -5, 10, 20, 30, 40)], Before))
                : PeerStub.Problem(404, "not-found");

        var (_, balance) = await SendAsync(HttpMethod.Get, "balance?", await app.NewTeamMemberAsync(organizer));

        Assert.Equal(
            """{"available":{"amount":-5,"currency":"BRL"},"pending":{"amount":10,"currency":"BRL"},"disputed":{"amount":20,"currency":"BRL"},"onItsWay":{"amount":30,"currency":"BRL"},"paidOut":{"amount":40,"currency":"BRL"}}""",
            balance["items"]![0]!.ToJsonString()
        );
        Assert.Equal("…4321", (string?)balance["account"]!["pixKey"]);
    }

    [Fact]
    public async Task Payouts_come_by_pages()
    {
        var asked = "";
        var sold = app.NewPurchase(p => p.OrganizerId = organizer);
        var order = await sold.PlaceAsync();
        app.Neighbours.Money[organizer] = request =>
        {
            asked = request.Query;
            return request.Is("GET /internal/organizers/*/payouts")
                ? PeerStub.Json(
                    new
                    {
                        items = new[]
                        {
                            new PayoutSnapshot(
                                Guid.Empty,
                                Guid.Empty,
                                organizer,
                                new(900, "BRL"),
                                PayoutStatus.Failed,
                                "pix …4321",
                                At,
                                At,
                                "Conta encerrada",
                                [new(sold.EventId, 900), new(Guid.CreateVersion7(), 1)]
                            ),
                        },
                        next = "bmV4dA",
                    }
                )
                : PeerStub.Problem(404, "not-found");
        };

        var finance = await app.NewTeamMemberAsync(organizer);
        var (_, page) = await SendAsync(HttpMethod.Get, "payouts?limit=7&cursor=YQ&", finance);

        Assert.Equal("?limit=7&cursor=YQ", asked);
        Assert.Equal("bmV4dA", (string?)page["next"]);
        Assert.Equal(
            ("failed", 900),
            ((string?)page["items"]![0]!["status"], (int)page["items"]![0]!["amount"]!["amount"]!)
        );
        Assert.Equal(
            [order.EventTitle, null],
            page["items"]![0]!["items"]!.AsArray().Select(i => (string?)i!["eventTitle"])
        );
    }

    [Fact]
    public async Task The_owner_names_the_account_and_it_is_written_down_once()
    {
        var (view, sent) = (Before, (PayoutAccount?)null);
        app.Neighbours.Money[organizer] = request =>
        {
            if (request.Is("GET /internal/organizers/*/balance"))
                return PeerStub.Json(new OrganizerBalance([], view));
            sent = request.Read<PayoutAccount>();
            return PeerStub.Json(view = After);
        };
        var owner = await app.NewTeamMemberAsync(organizer, TeamRole.Owner);
        var finance = await app.NewTeamMemberAsync(organizer);
        await app.NewTeamMemberAsync(organizer, TeamRole.Door);
        var account = new
        {
            holder = "Ana",
            taxId = "529.982.247-25",
            pixKey = "+5511987654321",
        };

        var (status, named) = await SendAsync(HttpMethod.Put, "payout-account?", owner, account);
        await SendAsync(HttpMethod.Put, "payout-account?", owner, account);

        Assert.Equal((HttpStatusCode.OK, "…4321"), (status, (string?)named["pixKey"]));
        Assert.Equal(new PayoutAccount("Ana", "529.982.247-25", "+5511987654321", null, owner), sent);
        var act = await app.Acts.OfAsync("payout-account.changed", organizer);
        Assert.Equal((owner, organizer), (act.ActorId, act.OrganizerId));
        Assert.Empty(act.Details);
        var told = await app.HeardAsync<PayoutAccountChanged>(organizer);
        Assert.Equal((owner, After), (told.ChangedBy, told.Account));
        Assert.Equal(new[] { owner, finance }.Order(), told.TeamIds.Order());
    }

    [Theory]
    [InlineData(TeamRole.Owner, 200, 200)]
    [InlineData(TeamRole.Manager, 200, 403)]
    [InlineData(TeamRole.Finance, 200, 403)]
    [InlineData(TeamRole.Door, 404, 403)]
    [InlineData(null, 404, 404)]
    public async Task It_is_for_who_sees_money_and_the_account_is_the_owners(TeamRole? role, int sees, int sets)
    {
        app.Neighbours.Money[organizer] = request =>
            request.Is("GET /internal/organizers/*/balance") ? PeerStub.Json(new OrganizerBalance([], null))
            : request.Method == "PUT" ? PeerStub.Json(After)
            : PeerStub.Json(new { items = Array.Empty<object>(), next = (string?)null });
        var person = role is { } given ? await app.NewTeamMemberAsync(organizer, given) : Guid.CreateVersion7();

        var (balance, _) = await SendAsync(HttpMethod.Get, "balance?", person);
        var (payouts, _) = await SendAsync(HttpMethod.Get, "payouts?", person);
        var (account, _) = await SendAsync(
            HttpMethod.Put,
            "payout-account?",
            person,
            new { holder = "A", taxId = "B" }
        );

        Assert.Equal((sees, sees, sets), ((int)balance, (int)payouts, (int)account));
    }

    [Fact]
    public async Task What_Payments_refuses_names_the_field()
    {
        app.Neighbours.Money[organizer] = request =>
            request.Method == "PUT"
                ? Microsoft.AspNetCore.Http.Results.ValidationProblem(
                    new Dictionary<string, string[]> { ["iban"] = ["An IBAN."] },
                    "An IBAN.",
                    statusCode: 422,
                    type: "/docs/errors#invalid"
                )
                : PeerStub.Json(new OrganizerBalance([], null));
        var owner = await app.NewTeamMemberAsync(organizer, TeamRole.Owner);

        var (status, problem) = await SendAsync(
            HttpMethod.Put,
            "payout-account?",
            owner,
            new
            {
                holder = "Ana",
                taxId = "x",
                iban = "y",
            }
        );

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal("An IBAN.", (string?)problem["errors"]!["iban"]![0]);
        Assert.Equal(
            0L,
            await app.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE payload::text LIKE $1", $"%{organizer}%")
        );
    }

    [Theory]
    [InlineData("""{"holder":"Ana"}""")]
    [InlineData("""{"holder":"","taxId":"x"}""")]
    [InlineData("""{"holder":1,"taxId":"x"}""")]
    [InlineData("""{"holder":"Ana","taxId":"1234567890123456789"}""")]
    [InlineData("[]")]
    public async Task Nonsense_does_not_reach_Payments(string body)
    {
        var owner = await app.NewTeamMemberAsync(organizer, TeamRole.Owner);

        var (status, problem) = await SendAsync(HttpMethod.Put, "payout-account?", owner, JsonNode.Parse(body));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("/docs/errors#invalid", (string?)problem["type"]);
    }
}
