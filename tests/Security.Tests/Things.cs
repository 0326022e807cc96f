using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ticketing.Local.Seeding;
using Ticketing.TestKit;

namespace Ticketing.Security.Tests;

/// <summary>One of each kind that the API knows: whose they are is what the requests are about.</summary>
internal sealed class Things
{
    private const string Api = "/api/v1/";
    private const string Members = Api + "organizers/{id}/members/";
    private const string TicketTypes = Api + "ticket-types/";

    /// <summary>Ids by what stands before them in a path.</summary>
    private readonly Dictionary<string, string> ids = [];

    /// <summary>The same of an event that is not published.</summary>
    private readonly Dictionary<string, string> drafts = [];

    /// <summary>Of what is gone once it was removed, one for each who may try: members of the team, and ticket types.</summary>
    private readonly Dictionary<(string Role, string Before), string> spare = [];

    /// <summary>Operations that would end or change what the others need: they ask for the draft.</summary>
    private static readonly HashSet<string> OfDraft =
    [
        "CancelEvent",
        "AddSession",
        "AddPool",
        "AddTicketType",
        "RemoveEventPicture",
    ];

    /// <summary>Required parameters of queries.</summary>
    public Dictionary<string, string> Query { get; } = new() { ["reference"] = "security" };

    /// <summary>What is asked for, by operation; else an empty object.</summary>
    public Dictionary<string, JsonNode> Bodies { get; } = [];

    public string IdOf(Operation operation, string before, string role, bool draft)
    {
        if (operation.Method == "DELETE" && spare.TryGetValue((role, before), out var one))
            return one;
        return (draft || OfDraft.Contains(operation.Id)) && drafts.TryGetValue(before, out var id) ? id : ids[before];
    }

    public static async Task<Things> MakeAsync(
        IReadOnlyDictionary<string, ApiClient> people,
        Uri baseUrl,
        string pixSecret
    )
    {
        var things = new Things();
        await things.OrganizeAsync(people, baseUrl);
        await things.BuyAsync(people, baseUrl);
        things.ids[Api + "payments/webhooks/pix-api/"] = Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(pixSecret), "path"u8)
        );
        things.SayBodies();
        return things;
    }

    private async Task OrganizeAsync(IReadOnlyDictionary<string, ApiClient> people, Uri baseUrl)
    {
        var owner = people[Role.Owner];
        var organizer = await owner.PostAsync(Api + "organizers", new { name = "Aurora" }, default);
        await people[Role.Foreign].PostAsync(Api + "organizers", new { name = "Teatro" }, default);
        ids[Api + "organizers/"] = Query["organizerId"] = Query["q"] = organizer.Text("id");
        var team = $"{Api}organizers/{organizer.Id()}/invitations";
        foreach (var role in Role.Members)
            await JoinAsync(owner, team, people[role], People.EmailOf(role), role);
        // One for each who may try to remove it, and one whose role is changed.
        foreach (var role in Role.All)
            spare[(role, Members)] = await JoinSpareAsync(owner, team, baseUrl, role);
        ids[Members] = await JoinSpareAsync(owner, team, baseUrl, "kept");
        var open = await owner.PostAsync(team, new { email = "nobody@example.com", role = Role.Door }, default);
        ids[Api + "organizers/{id}/invitations/"] = open.Text("id");

        var venue = await owner.PostAsync(
            Api + "venues",
            new
            {
                organizerId = organizer.Id(),
                name = "Sala",
                address = "Rua A, 1",
                city = "São Paulo",
                state = "SP",
                timeZone = "America/Sao_Paulo",
            },
            default
        );
        ids[Api + "venues/"] = venue.Text("id");
        await PutOnAsync(owner, ids, published: true);
        await GivePictureAsync(owner, baseUrl, ids[Api + "events/"]);
        await PutOnAsync(owner, drafts, published: false);
        foreach (var role in Role.All)
        {
            var path = $"{Api}sessions/{drafts[Api + "sessions/"]}/ticket-types";
            var type = new
            {
                name = role,
                kind = "full",
                poolId = drafts[Api + "sessions/{id}/pools/"],
                price = new { amount = 10_000, currency = "BRL" },
            };
            spare[(role, TicketTypes)] = (await owner.PostAsync(path, type, default)).Text("id");
        }
        (Query["eventId"], Query["sessionId"]) = (ids[Api + "events/"], ids[Api + "sessions/"]);
        ids[Api + "check-in-lists/"] = ids[Api + "sessions/"];
        await UntilKnownAsync(people);
    }

    private static async Task<string> JoinSpareAsync(ApiClient owner, string team, Uri baseUrl, string name)
    {
        var (email, member) = await People.RegisterSpareAsync(baseUrl, name);
        using (member)
        {
            await JoinAsync(owner, team, member, email, Role.Door);
            return (await member.GetAsync(Api + "me", default)).Text("id");
        }
    }

    private static async Task JoinAsync(ApiClient owner, string team, ApiClient person, string email, string role)
    {
        var invitation = await owner.PostAsync(team, new { email, role }, default);
        await person.PostAsync($"{team}/{invitation.Id()}/accept", null, default);
    }

    public const string PictureType = "image/jpeg";

    public static ByteArrayContent Picture() => new(Jpegs.Baseline) { Headers = { ContentType = new(PictureType) } };

    private static async Task GivePictureAsync(ApiClient owner, Uri baseUrl, string eventId)
    {
        using var http = new HttpClient { BaseAddress = baseUrl };
        http.DefaultRequestHeaders.Authorization = new("Bearer", owner.AccessToken);
        using var picture = Picture();
        using var given = await http.PutAsync($"{Api}events/{eventId}/picture", picture);
        given.EnsureSuccessStatusCode();
    }

    private async Task PutOnAsync(ApiClient owner, Dictionary<string, string> into, bool published)
    {
        var map = await owner.PostAsync(
            $"{Api}venues/{ids[Api + "venues/"]}/seat-maps",
            new { name = $"Mapa {published}", sections = new[] { Section } },
            default
        );
        var show = await owner.PostAsync(
            Api + "events",
            new
            {
                organizerId = Query["organizerId"],
                venueId = ids[Api + "venues/"],
                title = $"Cena {published}",
                description = "Um cenário de teste.",
                category = "concert",
            },
            default
        );
        var session = await owner.PostAsync(
            $"{Api}events/{show.Id()}/sessions",
            new { startsAt = TimeProvider.System.GetUtcNow().AddDays(30), seatMapId = map.Id() },
            default
        );
        var type = await owner.PostAsync($"{Api}sessions/{session.Id()}/ticket-types", TicketType, default);
        var coupon = await owner.PostAsync($"{Api}events/{show.Id()}/coupons", Coupon, default);
        if (published)
            await owner.PostAsync($"{Api}events/{show.Id()}/publish", null, default);
        into[Api + "seat-maps/"] = map.Text("id");
        into[Api + "events/"] = show.Text("id");
        into[Api + "sessions/"] = session.Text("id");
        into[Api + "sessions/{id}/pools/"] = type.Text("poolId");
        into[TicketTypes] = type.Text("id");
        into[Api + "coupons/"] = coupon.Text("id");
    }

    private static object Section { get; } = new { name = "Plateia", rows = new[] { new { name = "A", seats = 2 } } };

    private static object TicketType { get; } = new
    {
        name = "Inteira",
        kind = "full",
        capacity = 1_000,
        price = new { amount = 10_000, currency = "BRL" },
    };

    private static object Account { get; } = new
    {
        holder = "Aurora",
        taxId = "52998224725",
        pixKey = "pix@aurora.example",
    };

    private static object Coupon { get; } = new { code = "DESCONTO", percentOff = 10 };

    private object Product =>
        new
        {
            sessionId = Query["sessionId"],
            name = "Camiseta",
            price = new { amount = 5_000, currency = "BRL" },
            stock = 1,
            maxPerOrder = 1,
        };

    /// <summary>The other services hear of event and team a moment later.</summary>
    private async Task UntilKnownAsync(IReadOnlyDictionary<string, ApiClient> people)
    {
        var product = await people[Role.Owner].PostWhenKnownAsync(Api + "products", Product, default);
        ids[Api + "products/"] = product.Text("id");
        await UntilAsync(people[Role.Stranger], HttpMethod.Get, $"sessions/{Query["sessionId"]}/availability");
        foreach (var role in new[] { Role.Door, Role.Manager, Role.Owner })
            await UntilAsync(people[role], HttpMethod.Get, $"check-ins?sessionId={Query["sessionId"]}");
        await UntilAsync(people[Role.Manager], HttpMethod.Patch, $"products/{product.Id()}");
    }

    private static Task UntilAsync(ApiClient api, HttpMethod method, string path) =>
        Eventually.TrueAsync(async () =>
        {
            using var answer = await api.SendAsync(
                method,
                Api + path,
                method == HttpMethod.Get ? null : new { },
                default
            );
            return answer.IsSuccessStatusCode;
        });

    private async Task BuyAsync(IReadOnlyDictionary<string, ApiClient> people, Uri baseUrl)
    {
        var buyer = people[Role.Buyer];
        var order = await OrderAsync(buyer, new { method = "pix" });
        var unpaid = await OrderAsync(buyer, new { method = "pix" });
        ids[Api + "holds/"] = ids[Api + "orders/"] = Query["orderId"] = order.Text("id");
        var payable = await WaitAsync(buyer, order, o => o["payment"]?["pix"] is not null);
        var paid = $"/sandbox/pix/{payable["payment"]!["pix"]!.Text("txId")}";
        await buyer.PostAsync($"{paid}/pay", new { }, default);
        await WaitAsync(buyer, order, o => o.Text("status") == "fulfilled");
        await PayOutAsync(people);
        var pix = await WaitAsync(buyer, unpaid, o => o["payment"]?["pix"] is not null);
        ids["/sandbox/pix/"] = pix["payment"]!["pix"]!.Text("txId");
        var asked = await OrderAsync(buyer, new { method = "card", cardToken = "tok_3ds" });
        var challenged = await WaitAsync(buyer, asked, o => o["payment"]?["card"]?["challengeUrl"] is not null);
        ids["/sandbox/cards/charges/"] = ids["/sandbox/3ds/"] = new Uri(
            challenged["payment"]!["card"]!.Text("challengeUrl")
        ).Segments[^1];

        var ticket = (await buyer.GetAsync(Api + "me/tickets", default))["items"]![0]!;
        ids[Api + "tickets/"] = ticket.Text("id");
        var code = (await buyer.GetAsync($"{Api}tickets/{ticket.Id()}", default)).Text("code");
        var offer = await buyer.PostAsync(
            $"{Api}tickets/{ticket.Id()}/transfers",
            new { email = "nobody@example.com", name = "Zoé Simões" },
            default
        );
        ids[Api + "tickets/{id}/transfers/"] = offer.Text("id");
        // Used: no refund, no reissue, no offer of it succeeds any more.
        var scan = new { code, gate = "A" };
        await people[Role.Door].PostAsync(Api + "check-ins", scan, default);
        Bodies["CheckIn"] = Node(scan);
        Bodies["MergeCheckIns"] = Node(
            new
            {
                sessionId = Query["sessionId"],
                deviceId = "A1",
                scans = new[]
                {
                    new
                    {
                        at = TimeProvider.System.GetUtcNow(),
                        gate = "A",
                        code,
                    },
                },
            }
        );
        Bodies["CheckInByNumber"] = Node(
            new
            {
                sessionId = Query["sessionId"],
                number = ticket.Text("number"),
                gate = "A",
            }
        );
        foreach (var role in new[] { Role.Finance, Role.Manager, Role.Owner })
            await UntilAsync(people[role], HttpMethod.Get, $"orders/{order.Id()}");
        await buyer.PostAsync($"{paid}/dispute", new { }, default);
        var disputes = await Eventually.GetAsync(
            () => people[Role.Owner].GetAsync($"{Api}orders/{order.Id()}/disputes", default),
            found => found["items"]!.AsArray().Count > 0
        );
        ids[Api + "orders/{id}/disputes/"] = disputes["items"]![0]!.Text("id");

        ids[Api + "users/"] = (await people[Role.Stranger].GetAsync(Api + "me", default)).Text("id");
        using var other = new ApiClient(baseUrl);
        await People.LogInAsync(other, Role.Buyer);
        var sessions = (await buyer.GetAsync(Api + "me/sessions", default))["items"]!.AsArray();
        ids[Api + "me/sessions/"] = sessions.First(s => !s!["current"]!.GetValue<bool>())!.Text("id");
        ids[Api + "payments/webhooks/"] = "stripe";
    }

    private async Task PayOutAsync(IReadOnlyDictionary<string, ApiClient> people)
    {
        var account = $"{Api}orders/payout-account?organizerId={Query["organizerId"]}";
        await people[Role.Owner].SendAsync(HttpMethod.Put, account, Account, default);
        // Payments hears of the show's date a moment later.
        await UntilAsync(people[Role.Admin], HttpMethod.Post, "payments/payout-batches");
        var payout = (await people[Role.Admin].GetAsync(Api + "payments/payouts", default))["items"]![0]!;
        ids[Api + "payments/payouts/"] = payout.Text("id");
        ids[Api + "payments/payout-batches/"] = payout.Text("batchId");
    }

    private async Task<JsonNode> OrderAsync(ApiClient buyer, object payment)
    {
        var hold = await buyer.PostAsync(Api + "holds", Hold, default);
        return await buyer.PostAsync(Api + "orders", OrderOf(hold.Text("id"), payment), default);
    }

    private object Hold =>
        new { sessionId = Query["sessionId"], items = new[] { new { ticketTypeId = ids[TicketTypes], quantity = 1 } } };

    private static object OrderOf(string holdId, object payment) =>
        new
        {
            holdId,
            buyer = new { name = "Íris Araújo", email = People.EmailOf(Role.Buyer) },
            payment,
        };

    private static Task<JsonNode> WaitAsync(ApiClient buyer, JsonNode order, Func<JsonNode, bool> done) =>
        Eventually.GetAsync(() => buyer.GetAsync($"{Api}orders/{order.Id()}", default), done);

    private void SayBodies()
    {
        (Query["provider"], Query["from"], Query["until"]) = (
            "pix-api",
            "2026-01-01T00:00:00Z",
            "2026-01-02T00:00:00Z"
        );
        var bodies = new Dictionary<string, object>
        {
            ["SetPayoutAccount"] = Account,
            ["SetRefundPolicy"] = new { keepsFee = false },
            ["FailPayout"] = new { reason = "Conta encerrada" },
            ["AnswerDispute"] = new { text = "Entrou pelo portão A." },
            ["CreateOrganizer"] = new { name = "Aurora" },
            ["InviteMember"] = new { email = "somebody@example.com", role = Role.Door },
            ["SetMember"] = new { role = Role.Door },
            ["SetFeeBearer"] = new { passedOn = true },
            ["SetFee"] = new { percent = 0, @fixed = new { amount = 0, currency = "BRL" } },
            ["CreateVenue"] = new
            {
                organizerId = Query["organizerId"],
                name = "Sala",
                address = "Rua A, 1",
                city = "São Paulo",
                state = "SP",
                timeZone = "America/Sao_Paulo",
            },
            ["CreateSeatMap"] = new { name = "Mapa", sections = new[] { Section } },
            ["ReplaceSeatMap"] = new { name = "Mapa", sections = new[] { Section } },
            ["CreateEvent"] = new
            {
                organizerId = Query["organizerId"],
                venueId = ids[Api + "venues/"],
                title = "Cena",
                category = "concert",
            },
            ["CancelEvent"] = new { reason = "Chuva." },
            ["AddSession"] = new { startsAt = TimeProvider.System.GetUtcNow().AddDays(40) },
            ["AddPool"] = new { name = "Pista", capacity = 1 },
            ["AddTicketType"] = TicketType,
            ["CreateCoupon"] = Coupon,
            ["QuoteCoupon"] = new { code = "DESCONTO", subtotal = new { amount = 10_000, currency = "BRL" } },
            ["CreateProduct"] = Product,
            ["CreateHold"] = Hold,
            ["PlaceOrder"] = OrderOf(ids[Api + "holds/"], new { method = "pix" }),
            ["RetryPayment"] = new { method = "pix" },
            ["OfferTransfer"] = new { email = "nobody@example.com", name = "Zoé Simões" },
            ["SetUserRoles"] = new { roles = new[] { "nothing" } },
            ["ConfirmAddress"] = new { code = "000000" },
            ["PutConsents"] = new { consents = Array.Empty<object>() },
        };
        foreach (var (operation, body) in bodies)
            Bodies[operation] = Node(body);
    }

    private static JsonNode Node(object body) => System.Text.Json.JsonSerializer.SerializeToNode(body)!;
}
