using Microsoft.EntityFrameworkCore;

namespace Ticketing.Orders.Checkout;

/// <summary>
/// The leases of tickets and products reach beyond the payment's deadline. The request that placed the order has just
/// seen to that; the step does when it comes later.
/// </summary>
internal sealed class HoldStock(OrdersDb db, Stock stock, TimeProvider clock, OrderMetrics metrics)
    : Step<Guid, Situation>(metrics)
{
    private static readonly TimeSpan JustPlaced = TimeSpan.FromMinutes(1);

    private static readonly string[] Lost =
    [
        "hold-not-found",
        "hold-expired",
        "hold-released",
        "hold-committed",
        "sold-out",
        "limit-reached",
        "product-not-found",
        "sale-not-open",
    ];

    protected override async Task<Situation> TakeAsync(Guid input)
    {
        var ct = CancellationToken.None;
        var order = await db.ReadAsync(input, ct);
        var now = order.SituationAt(clock.GetUtcNow());
        if (now is not Situation.Open || clock.GetUtcNow() - order.PlacedAt < JustPlaced)
            return now;
        var lost = await Refused.ByAsync(HoldAsync(order, ct), Lost);
        if (lost is null)
            return Situation.Open;
        await db
            .Orders.Where(o => o.Id == input && o.CancelRequestedAt == null)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(o => o.CancelRequestedAt, clock.GetUtcNow()).SetProperty(o => o.CancelReason, lost),
                ct
            );
        return Situation.GiveUp;
    }

    private async Task HoldAsync(Order order, CancellationToken ct)
    {
        await stock.AttachAsync(order.Id, order.BuyerId, order.ExpiresAt, ct);
        var products = order
            .Of(LineKind.Product)
            .Select(line => new Contracts.ProductQuantity(line.ItemId, line.Quantity))
            .ToList();
        if (products.Count > 0)
            await stock.HoldProductsAsync(order.Id, order.BuyerId, order.SessionId, products, order.ExpiresAt, ct);
    }
}

/// <summary>Gives the stock of an order back that ended without money.</summary>
internal sealed class ReleaseStock(OrdersDb db, Stock stock, OrderMetrics metrics) : Step<Guid, object?>(metrics)
{
    protected override async Task<object?> TakeAsync(Guid input)
    {
        var ct = CancellationToken.None;
        var order = await db.ReadAsync(input, ct);
        if (!OrderMoves.WithoutMoney.Contains(order.Status))
            return null;
        await stock.ReleaseAsync(order, ct);
        await db
            .Orders.Where(o => o.Id == input && OrderMoves.WithoutMoney.Contains(o.Status))
            .ExecuteUpdateAsync(set => set.SetProperty(o => o.DriveAfter, (DateTimeOffset?)null), ct);
        return null;
    }
}

/// <summary>Held products become sold.</summary>
internal sealed class CommitProducts(OrdersDb db, Stock stock, OrderMetrics metrics) : Step<Guid, string?>(metrics)
{
    private static readonly string[] Gone = ["sold-out", "hold-not-found", "hold-voided"];

    protected override async Task<string?> TakeAsync(Guid input)
    {
        var ct = CancellationToken.None;
        var order = await db.ReadAsync(input, ct);
        return order.DeliveryStopped() ?? await Refused.ByAsync(stock.CommitProductsAsync(input, ct), Gone);
    }
}

/// <summary>Held tickets become sold and are issued.</summary>
internal sealed class CommitTickets(OrdersDb db, Stock stock, OrderMetrics metrics) : Step<Guid, string?>(metrics)
{
    protected override async Task<string?> TakeAsync(Guid input)
    {
        var ct = CancellationToken.None;
        var order = await db.ReadAsync(input, ct);
        return order.DeliveryStopped()
            ?? await Refused.ByAsync(CommitAsync(order, ct), ["sold-out", "hold-not-found", "hold-released"]);
    }

    private async Task CommitAsync(Order order, CancellationToken ct)
    {
        var issued = await stock.CommitTicketsAsync(order, ct);
        if (order is { Coupon: { } code } && order.PaidAt > order.ExpiresAt)
            await CountCouponAsync(order, code, ct);
        await db
            .Orders.Where(o => o.Id == order.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(o => o.Tickets, issued.Tickets), ct);
    }

    /// <summary>
    /// Paid late, after its coupon was given back with everything else. What was paid stays the price, also when somebody
    /// else has the coupon now.
    /// </summary>
    private async Task CountCouponAsync(Order order, string code, CancellationToken ct) =>
        await Refused.ByAsync(
            stock.RedeemCouponAsync(order.Id, order.EventId, code, new(order.Sum(LineKind.Ticket), order.Currency), ct),
            ["coupon-exhausted", "coupon-invalid"]
        );
}

internal sealed class RenderDocuments(Stock stock, OrderMetrics metrics) : Step<Guid, object?>(metrics)
{
    protected override async Task<object?> TakeAsync(Guid input)
    {
        await stock.RenderDocumentsAsync(input, CancellationToken.None);
        return null;
    }
}

/// <summary>Voids what was sold and releases what is held.</summary>
/// <remarks>Answers why not: a ticket was used.</remarks>
internal sealed class TakeBackStock(OrdersDb db, Stock stock, OrderMetrics metrics) : Step<Guid, string?>(metrics)
{
    protected override async Task<string?> TakeAsync(Guid input) =>
        await stock.TakeBackAsync(await db.ReadAsync(input, CancellationToken.None), CancellationToken.None);
}
