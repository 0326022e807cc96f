using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using Ticketing.Tickets.IssuedTickets;
using Ticketing.Tickets.Transfers;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Transfers;

/// <summary>Every two moves of a ticket, in both orders and at once, end as the table of services/README.md says.</summary>
public sealed class PairTests(TicketsApp app)
{
    private const int TimesAtOnce = 4;

    /// <summary>Orders decides about money that is disputed: Tickets is not asked then.</summary>
    private const string DecidedByOrders = "payment-disputed";

    private static readonly PairTable Table = PairTable.Read();

    /// <summary>A bought a ticket and offers it to B.</summary>
    private sealed record Ground(Show Show, Guid Order, Guid A, UserRef B, TicketView Ticket, TransferView Offer);

    /// <summary>What is left when both are done.</summary>
    private sealed record End(
        TicketStatus Status,
        bool IsBs,
        bool Named,
        bool Blocked,
        bool SerialOfBefore,
        TransferStatus Offer
    );

    private Dictionary<string, Func<Ground, Task<HttpResponseMessage>>> Moves =>
        new()
        {
            ["transfer"] = g => app.AcceptAsync(g.B.Id, g.Ticket.Id, g.Offer.Id),
            ["refund-buyer"] = g => app.VoidAsync(g.Order),
            ["refund-team"] = g => app.VoidAsync(g.Order, evenIfTransferred: true),
            ["cancel"] = async g =>
            {
                var cancelled = new EventCancelled(g.Show.EventId, 2, "chuva", DateTimeOffset.UnixEpoch);
                Assert.Equal(HttpStatusCode.OK, await app.System.DeliverAsync(AppIds.Tickets, cancelled));
                return await app.VoidAsync(g.Order, evenIfUsed: true, evenIfTransferred: true, "event-cancelled");
            },
            ["dispute"] = async g =>
            {
                await app.DisputeAsync(g.Order);
                return new(HttpStatusCode.OK);
            },
            ["dispute-won"] = async g =>
            {
                await app.DisputeIsWonAsync(g.Order);
                return new(HttpStatusCode.OK);
            },
            ["dispute-lost"] = g => app.VoidAsync(g.Order, evenIfUsed: true, evenIfTransferred: true, "dispute-lost"),
            ["check-in"] = async g =>
            {
                using var door = app.Person(null, "admin");
                return await door.PostAsJsonAsync("/api/v1/check-ins", new { code = g.Ticket.Code, gate = "A" });
            },
            ["erase-buyer"] = g => EraseAsync(g.A),
            ["erase-holder"] = g => EraseAsync(g.B.Id),
            ["reissue"] = async g =>
            {
                using var http = app.Person(g.A);
                return await http.PostAsync($"/api/v1/tickets/{g.Ticket.Id}/reissue", null);
            },
        };

    private async Task<HttpResponseMessage> EraseAsync(Guid person)
    {
        app.Forget(person);
        return new(await app.System.DeliverAsync(AppIds.Tickets, new UserErased(person, DateTimeOffset.UnixEpoch)));
    }

    public static IEnumerable<TheoryDataRow<string, string>> Pairs() =>
        from first in Table.Moves
        from then in Table.Moves
        where
            string.CompareOrdinal(first, then) <= 0
            && Table[first, then] != DecidedByOrders
            && Table[then, first] != DecidedByOrders
        select new TheoryDataRow<string, string>(first, then);

    [Fact]
    public void Every_move_is_in_the_table() => Assert.Equal(Moves.Keys, Table.Moves);

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Two_moves_end_as_the_table_says(string one, string other)
    {
        var orderly = new List<(string[] Answers, End End)>();
        foreach (var turned in new[] { false, true })
        {
            var (first, then) = turned ? (other, one) : (one, other);
            var ground = await PrepareAsync();
            var answers = new[] { await AnswerAsync(first, ground), await AnswerAsync(then, ground) };
            Assert.Equal(["ok", Table[first, then]], answers);
            orderly.Add((turned ? [answers[1], answers[0]] : answers, await EndAsync(ground)));
        }
        for (var i = 0; i < TimesAtOnce; i++)
        {
            var ground = await PrepareAsync();
            var answers = await Task.WhenAll(AnswerAsync(one, ground), AnswerAsync(other, ground));
            var end = await EndAsync(ground);
            Assert.Contains(orderly, o => o.Answers.SequenceEqual(answers) && o.End == end);
        }
    }

    private async Task<string> AnswerAsync(string move, Ground ground)
    {
        using var answer = await Moves[move](ground);
        if (answer.IsSuccessStatusCode)
            return "ok";
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return problem.GetProperty("type").GetString()![Problems.TypePrefix.Length..];
    }

    private async Task<Ground> PrepareAsync()
    {
        var show = new Show();
        var type = show.Standing(3);
        await app.SellAsync(show);
        var purchase = await app.BuyAsync(show.SessionId, null, Some(type));
        var (a, b, id) = (purchase.BuyerId, app.NewPerson(), purchase.Tickets[0].Id);
        var offer = await (await app.OfferAsync(a, id, b.Email)).ReadAsync<TransferView>(201);
        using var http = app.Person(a);
        var ticket = await (await http.GetAsync($"/api/v1/tickets/{id}")).ReadAsync<TicketView>();
        return new(show, purchase.OrderId, a, b, ticket, offer);
    }

    /// <summary>Looks at it from both sides, and that it makes sense.</summary>
    private async Task<End> EndAsync(Ground ground)
    {
        using var a = app.Person(ground.A);
        using var b = app.Person(ground.B.Id);
        var path = $"/api/v1/tickets/{ground.Ticket.Id}";
        var (seenByA, seenByB) = (await a.GetAsync(path), await b.GetAsync(path));
        Assert.NotEqual(seenByA.IsSuccessStatusCode, seenByB.IsSuccessStatusCode);
        var ticket = await (seenByB.IsSuccessStatusCode ? seenByB : seenByA).ReadAsync<TicketView>();
        var offer = await (await a.GetAsync($"{path}/transfers/{ground.Offer.Id}")).ReadAsync<TransferView>();

        Assert.Equal(seenByB.IsSuccessStatusCode, offer.Status is TransferStatus.Accepted);
        if (ticket.Status is not TicketStatus.Valid || ticket.BlockReason is not null)
            Assert.NotEqual(TransferStatus.Offered, offer.Status);
        // Who has it without having bought it is told that it is void.
        if (ticket.Status is TicketStatus.Voided && seenByB.IsSuccessStatusCode)
            await app.HeardAsync<TicketVoided>(e => e.Ticket.Id == ticket.Id && e.HolderId == ground.B.Id);
        await app.AssertInvariantsAsync(ground.Show.SessionId);
        return new(
            ticket.Status,
            seenByB.IsSuccessStatusCode,
            ticket.HolderName != "–",
            ticket.BlockReason is not null,
            // The key of a link is its serial's.
            ticket.PdfPath == ground.Ticket.PdfPath,
            offer.Status
        );
    }
}
