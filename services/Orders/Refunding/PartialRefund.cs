using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunding;

/// <summary>A part of an order that is given back: tickets, add-ons, or money alone. The order stays fulfilled.</summary>
/// <param name="Amount">What goes back to the buyer, in minor units.</param>
/// <param name="Fee">Of the platform's fee, what goes back to the organizer with it.</param>
/// <param name="CompletedAt">The money went back; null: it is on its way.</param>
internal sealed record PartialRefund(
    Guid Id,
    DateTimeOffset RequestedAt,
    string Reason,
    bool EvenIfUsed,
    IReadOnlyList<Guid> TicketIds,
    IReadOnlyList<ProductQuantity> Products,
    long Amount,
    long Fee,
    DateTimeOffset? CompletedAt = null
)
{
    public const int MaxAnOrder = 100;

    /// <summary>SQL: of a fulfilled order, one is not completed.</summary>
    public const string IsOpen = """
        (orders.status = 'Fulfilled' AND EXISTS (
            SELECT FROM jsonb_array_elements(orders.partial_refunds) r WHERE r->>'completedAt' IS NULL))
        """;

    public bool IsCompleted => CompletedAt is not null;

    /// <summary>The same was asked for.</summary>
    public bool Is(RequestRefund.Request request) =>
        TicketIds.ToHashSet().SetEquals(request.TicketIds ?? [])
        && Products
            .ToHashSet()
            .SetEquals((request.Products ?? []).Select(p => new ProductQuantity(p.ProductId, p.Quantity)))
        && (request.Amount is null || request.Amount == Amount);

    /// <summary>
    /// What a request gives back: of each ticket its price, of which a coupon took its share; of an add-on its price. To the last
    /// cent: the parts of an order are never more, and all of them no less, than was paid.
    /// </summary>
    /// <exception cref="ProblemException">422: not of this order. 409: was given back before, or is more than is left.</exception>
    public static PartialRefund Of(Order order, RequestRefund.Request request, bool keepsFee, DateTimeOffset now)
    {
        if (request.Products?.Any(p => p is null) == true)
            throw ProblemException.Invalid("products", "Null is no add-on.");
        var (tickets, products) = (TicketsOf(order, request), ProductsOf(order, request));
        if (tickets.Count + products.Count == 0 && request.Amount is not > 0)
            throw ProblemException.Invalid("amount", "More than nothing, when no ticket or add-on is given back.");
        var price = checked(tickets.Sum(t => t.Price) + products.Sum(p => p.Price));
        var owed = keepsFee ? price - tickets.Sum(t => t.Fee) : price;
        var amount = request.Amount ?? owed;
        if (amount > order.Left)
            throw new ProblemException(409, "refund-exceeds-order", "More than is left of what was paid.")
            {
                Extensions = { ["left"] = new Money(order.Left, order.Currency) },
            };
        if (order.PartialRefunds.Count >= MaxAnOrder)
            throw ProblemException.Conflict("limit-reached", $"At most {MaxAnOrder} partial refunds of an order.");
        return new(
            request.Id ?? Guid.CreateVersion7(now),
            now,
            request.Reason ?? "organizer",
            request.EvenIfUsed,
            [.. tickets.Select(t => t.Id)],
            [.. products.Select(p => new ProductQuantity(p.Id, p.Quantity))],
            amount,
            keepsFee ? 0
                : tickets.Count + products.Count > 0 ? Share(tickets.Sum(t => t.PlatformFee), amount, price)
                : Share(order.PlatformFee, amount, order.Total)
        );
    }

    /// <summary>Of less than the price, in proportion; of more, no more.</summary>
    private static long Share(long fee, long amount, long price) =>
        amount >= price ? Math.Min(fee, amount) : (long)((Int128)fee * amount / price);

    private sealed record Unit(Guid Id, long Price, long Fee, long PlatformFee);

    private static List<Unit> TicketsOf(Order order, RequestRefund.Request request)
    {
        if (request.TicketIds is not { Count: > 0 } wanted)
            return [];
        var units = Units(order).ToDictionary(u => u.Id);
        if (!wanted.All(units.ContainsKey) || wanted.Distinct().Count() < wanted.Count)
            throw ProblemException.Invalid("ticketIds", "Tickets of this order, each once.");
        if (order.PartialRefunds.SelectMany(r => r.TicketIds).Intersect(wanted).Any())
            throw ProblemException.Conflict("already-refunded", "A ticket of these was refunded before.");
        return [.. wanted.Select(id => units[id])];
    }

    /// <summary>The tickets were issued in the order of the lines.</summary>
    private static IEnumerable<Unit> Units(Order order)
    {
        var lines = order.Of(LineKind.Ticket).SelectMany(line => Enumerable.Repeat(line, line.Quantity)).ToList();
        if (lines.Count != order.Tickets.Count)
            throw new InvalidOperationException($"Order {order.Id} has other tickets than lines.");
        var (price, fee, platformFee) = (0L, 0L, 0L);
        foreach (var (line, ticket) in lines.Zip(order.Tickets))
        {
            var before = (Price: order.NetOf(price), Fee: order.NetOf(fee), Platform: order.NetOf(platformFee));
            (price, fee, platformFee) = (price + line.UnitPrice, fee + line.Fee, platformFee + line.PlatformFee);
            yield return new(
                ticket.Id,
                order.NetOf(price) - before.Price,
                order.NetOf(fee) - before.Fee,
                order.NetOf(platformFee) - before.Platform
            );
        }
    }

    private static List<(Guid Id, int Quantity, long Price)> ProductsOf(Order order, RequestRefund.Request request)
    {
        var found = new List<(Guid, int, long)>();
        foreach (var wanted in request.Products ?? [])
        {
            var line =
                order.Of(LineKind.Product).FirstOrDefault(l => l.ItemId == wanted.ProductId)
                ?? throw ProblemException.Invalid("products", "Add-ons of this order.");
            if (wanted.Quantity > line.Quantity)
                throw ProblemException.Invalid("products", $"From 1 to {line.Quantity} of {line.Name}.");
            if (found.Exists(p => p.Item1 == line.ItemId))
                throw ProblemException.Invalid("products", "Each once.");
            var before = order
                .PartialRefunds.SelectMany(r => r.Products)
                .Where(p => p.ProductId == line.ItemId)
                .Sum(p => p.Quantity);
            if (before + wanted.Quantity > line.Quantity)
                throw ProblemException.Conflict("already-refunded", $"{before} of {line.Name} were refunded before.");
            found.Add((line.ItemId, wanted.Quantity, line.UnitPrice * wanted.Quantity));
        }
        return found;
    }
}
