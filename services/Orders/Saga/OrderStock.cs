using Ticketing.Contracts;
using Ticketing.Orders.Refunding;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Saga;

/// <summary>What the neighbours keep for an order. Everything is idempotent by the order's id.</summary>
internal sealed class OrderStock(Peers peers)
{
    /// <summary>The stock outlives the payment's deadline by this much: money first looks back.</summary>
    private const int LeaseMarginSeconds = 300;

    public Task<HoldSnapshot> AttachAsync(
        Guid orderId,
        Guid buyerId,
        int windowSeconds,
        IReadOnlyList<byte[]>? cpfIndexes,
        CancellationToken ct
    ) =>
        peers.PostAsync<HoldSnapshot>(
            AppIds.Tickets,
            $"internal/holds/{orderId}/attach",
            new AttachHold(buyerId, windowSeconds + LeaseMarginSeconds, cpfIndexes),
            ct
        );

    public Task<ProductHold> HoldProductsAsync(
        Guid orderId,
        Guid buyerId,
        Guid sessionId,
        IReadOnlyList<ProductQuantity> items,
        int windowSeconds,
        CancellationToken ct
    ) =>
        peers.PutAsync<ProductHold>(
            AppIds.Products,
            $"internal/holds/{orderId}",
            new HoldProducts(buyerId, sessionId, items, windowSeconds + LeaseMarginSeconds),
            ct
        );

    public async Task<Money> RedeemCouponAsync(
        Guid orderId,
        Guid eventId,
        string code,
        Money subtotal,
        int windowSeconds,
        CancellationToken ct
    )
    {
        var redemption = await peers.PutAsync<CouponRedemption>(
            AppIds.Events,
            $"internal/coupons/redemptions/{orderId}",
            new RedeemCoupon(eventId, code, subtotal, windowSeconds + LeaseMarginSeconds),
            ct
        );
        return redemption.Discount;
    }

    /// <summary>It is paid for: counted, also when its lease was over and somebody else has the last one.</summary>
    public Task CommitCouponAsync(Guid orderId, CancellationToken ct) =>
        SendAsync(AppIds.Events, $"internal/coupons/redemptions/{orderId}/commit", null, ct);

    public Task CommitProductsAsync(Guid orderId, CancellationToken ct) =>
        SendAsync(AppIds.Products, $"internal/holds/{orderId}/commit", null, ct);

    public Task<IssuedTickets> CommitTicketsAsync(Order order, CancellationToken ct) =>
        peers.PostAsync<IssuedTickets>(
            AppIds.Tickets,
            $"internal/holds/{order.Id}/commit",
            new CommitHold(order.BuyerId, order.BuyerName, order.Attendees, order.Number, order.Locale),
            ct
        );

    /// <summary>Gives back what is held, not what is sold.</summary>
    public async Task ReleaseAsync(Order order, CancellationToken ct)
    {
        // Committed: a late payment was faster, the stock is sold.
        await Refused.ByAsync(
            SendAsync(AppIds.Tickets, $"internal/holds/{order.Id}/release", null, ct),
            ["hold-committed"]
        );
        if (order.HasProducts)
            await Refused.ByAsync(ReleaseProductsAsync(order.Id, ct), ["hold-committed"]);
        if (order.Coupon is not null)
            await ReleaseCouponAsync(order.Id, ct);
    }

    /// <summary>Gives everything back for good: what was sold, and what is still held.</summary>
    /// <returns>Why not: ticket-transferred or ticket-used.</returns>
    public async Task<string?> TakeBackAsync(Order order, CancellationToken ct)
    {
        var refusal = await Refused.ByAsync(
            SendAsync(
                AppIds.Tickets,
                $"internal/orders/{order.Id}/void",
                new VoidTickets(order.RefundReason ?? "refund", order.RefundEvenIfUsed, order.RefundEvenIfTransferred),
                ct
            ),
            ["ticket-transferred", "ticket-used"]
        );
        if (refusal is not null)
            return refusal;
        if (order.HasProducts)
            await SendAsync(AppIds.Products, $"internal/holds/{order.Id}/void", null, ct);
        if (order.Coupon is not null)
            await ReleaseCouponAsync(order.Id, ct);
        return null;
    }

    /// <summary>Gives back what a partial refund is about, for good and once.</summary>
    /// <returns>Why not: ticket-used.</returns>
    public async Task<string?> TakeBackAsync(Guid orderId, PartialRefund part, CancellationToken ct)
    {
        if (part.TicketIds.Count > 0)
        {
            var refusal = await Refused.ByAsync(
                SendAsync(
                    AppIds.Tickets,
                    $"internal/orders/{orderId}/void",
                    new VoidTickets(part.Reason, part.EvenIfUsed, EvenIfTransferred: true, part.TicketIds),
                    ct
                ),
                ["ticket-used"]
            );
            if (refusal is not null)
                return refusal;
        }
        if (part.Products.Count > 0)
            await SendAsync(
                AppIds.Products,
                $"internal/holds/{orderId}/returns",
                new ReturnProducts(part.Id, part.Products),
                ct
            );
        return null;
    }

    /// <summary>The door refuses the tickets, also those that are still to be issued.</summary>
    public Task BlockAsync(Guid orderId, string reason, CancellationToken ct) =>
        peers.SendAsync(
            HttpMethod.Post,
            AppIds.Tickets,
            $"internal/orders/{orderId}/block",
            new BlockTickets(reason),
            ct
        );

    /// <summary>The door takes them again.</summary>
    public Task UnblockAsync(Guid orderId, string reason, CancellationToken ct) =>
        peers.SendAsync(
            HttpMethod.Post,
            AppIds.Tickets,
            $"internal/orders/{orderId}/unblock",
            new UnblockTickets(reason),
            ct
        );

    public Task ReleaseProductsAsync(Guid orderId, CancellationToken ct) =>
        SendAsync(AppIds.Products, $"internal/holds/{orderId}/release", null, ct);

    public Task ReleaseCouponAsync(Guid orderId, CancellationToken ct) =>
        peers.SendAsync(HttpMethod.Delete, AppIds.Events, $"internal/coupons/redemptions/{orderId}", null, ct);

    private Task SendAsync(string appId, string path, object? body, CancellationToken ct) =>
        peers.SendAsync(HttpMethod.Post, appId, path, body, ct);
}

/// <summary>A typed refusal is an answer to decide on; everything else is a failure to try again.</summary>
internal static class Refused
{
    /// <returns>The code when the call was refused by one of these; null when it was done.</returns>
    public static async Task<string?> ByAsync(Task call, string[] codes)
    {
        try
        {
            await call;
            return null;
        }
        catch (ProblemException e) when (codes.Contains(e.Code))
        {
            return e.Code;
        }
    }
}
