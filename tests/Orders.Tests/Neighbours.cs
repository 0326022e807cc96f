using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>
/// Tickets, Products, Events and Payments as other processes. They answer as their contracts say; a test changes single
/// answers of its own purchase.
/// </summary>
public sealed class Neighbours
{
    private readonly ConcurrentDictionary<Guid, Purchase> purchases = new();

    public PeerStub Tickets { get; } = new();
    public PeerStub Products { get; } = new();
    public PeerStub Events { get; } = new();
    public PeerStub Payments { get; } = new();

    public ChangeFeed Changes { get; } = new();

    /// <summary>What Payments tells to those who ask; a cursor is how many were read.</summary>
    public ConcurrentQueue<SettlementFact> Settlements { get; } = new();

    /// <summary>Whose an event is, as Events knows.</summary>
    public ConcurrentDictionary<Guid, Guid> Organizers { get; } = new();

    /// <summary>By organizer, what its events brought in, as Payments knows.</summary>
    public ConcurrentDictionary<Guid, EventTotals[]> Totals { get; } = new();

    /// <summary>By organizer, what Payments answers when it is asked for more about its money.</summary>
    public ConcurrentDictionary<Guid, Func<PeerRequest, IResult>> Money { get; } = new();

    public Neighbours()
    {
        foreach (var (_, stub) in Stubs)
            stub.Handle = AnswerAsync;
    }

    public IEnumerable<(string AppId, PeerStub Stub)> Stubs =>
        [(AppIds.Tickets, Tickets), (AppIds.Products, Products), (AppIds.Events, Events), (AppIds.Payments, Payments)];

    public void Add(Purchase purchase) => purchases[purchase.Id] = purchase;

    private async Task<IResult> AnswerAsync(PeerRequest request)
    {
        if (Changes.Answer(request) is { } changes)
            return changes;
        if (request.Is("GET /internal/settlements"))
        {
            var (items, next) = ChangeFeed.After(Settlements, request);
            return PeerStub.Json(new SettlementPage(items, $"{next}"));
        }
        if (request.Is("GET /internal/tickets/order"))
            return
                purchases.Values.FirstOrDefault(p => request.Query.Contains(p.TicketNumber, StringComparison.Ordinal))
                    is { } bought
                ? PeerStub.Json(new TicketOrder(bought.Id))
                : PeerStub.Problem(404, "not-found");
        var id = request.Is("POST /internal/payments")
            ? request.Read<CreatePayment>().OrderId
            : request
                .Path.Split('/')
                .Select(part => Guid.TryParse(part, out var id) ? id : Guid.Empty)
                .First(id => id != Guid.Empty);
        if (request.Is("GET /internal/events/*"))
            return Organizers.TryGetValue(id, out var organizer)
                ? PeerStub.Json(new EventOwner(organizer, "Casa de Shows", "Noite de Choro & Canções"))
                : PeerStub.Problem(404, "not-found");
        if (request.Is("GET /internal/organizers/*/totals"))
            return PeerStub.Json(
                Totals
                    .GetValueOrDefault(id, [])
                    .Where(t => request.Query.Contains($"{t.EventId}", StringComparison.Ordinal))
            );
        if (Money.TryGetValue(id, out var money))
            return money(request);
        if (!purchases.TryGetValue(id, out var purchase))
            return PeerStub.Problem(404, "hold-not-found");
        purchase.Asked.Enqueue(request);
        foreach (var (pattern, answer) in purchase.Answers)
            if (request.Is(pattern) && await answer(request) is { } special)
                return special;
        return purchase.Usual(request);
    }
}
