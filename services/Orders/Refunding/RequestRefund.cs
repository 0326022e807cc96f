using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunding;

/// <summary>The order is given back, whole or in part: tickets void, money returned.</summary>
public static class RequestRefund
{
    private const int MaxTickets = 100;
    private const int MaxProducts = 20;
    private const int MaxQuantity = 1000;
    private const double MaxAmount = 1e12;

    /// <param name="Reason">For the records.</param>
    /// <param name="EvenIfUsed">Also when a ticket was checked in; only for the organizer's team.</param>
    /// <param name="TicketIds">Only these tickets; the others stay good. For the team, as everything below.</param>
    /// <param name="Products">Only so many of these add-ons.</param>
    /// <param name="Amount">Instead of what these cost, or without any of them: so much money, in minor units.</param>
    /// <param name="KeepFee">The service fee of these tickets does not go back; when not given, as the organizer's policy says.</param>
    /// <param name="Id">Of a partial refund, yours to choose: the same again is the same refund.</param>
    public sealed record Request(
        [property: StringLength(Order.MaxReasonLength)] string? Reason = null,
        bool EvenIfUsed = false,
        [property: MaxLength(MaxTickets)] IReadOnlyList<Guid>? TicketIds = null,
        [property: MaxLength(MaxProducts)] IReadOnlyList<RefundedProduct>? Products = null,
        [property: Range(0, MaxAmount)] long? Amount = null,
        bool? KeepFee = null,
        Guid? Id = null
    )
    {
        internal bool IsPartial => TicketIds is { Count: > 0 } || Products is { Count: > 0 } || Amount is not null;
    }

    /// <param name="ProductId">An add-on of the order.</param>
    public sealed record RefundedProduct(Guid ProductId, [property: Range(1, MaxQuantity)] int Quantity);

    /// <summary>Refunds a paid order, whole or in part.</summary>
    /// <remarks>
    /// The organizer's team at any time; the buyer, whole, until the order's <c>refundableUntil</c>: so many days after the purchase as was agreed
    /// (the law asks for 7: CDC, art. 49), at the latest some hours before the session, or 7 days after its move to another time or
    /// place; not when a ticket of it was transferred: whoever has it keeps it. 202: the tickets are void and the money is on its way;
    /// the order becomes refunded. 200: it was refunded before. With <c>ticketIds</c>, <c>products</c> or <c>amount</c> only a part is given
    /// back: of a ticket its price less the coupon's share, to the cent; the order stays fulfilled and lists it in
    /// <c>partialRefunds</c>. In all never more than was paid. A whole refund gives back what parts have left.
    /// </remarks>
    /// <param name="id">The order.</param>
    /// <response code="404">No such order that you may see.</response>
    /// <response code="409">
    /// order-not-paid; refund-window-closed; ticket-transferred; ticket-used; payment-disputed. Of a part: order-not-fulfilled;
    /// already-refunded; refund-exceeds-order, with what is <c>left</c>; limit-reached.
    /// </response>
    internal static async Task<Results<Accepted<OrderView>, Ok<OrderView>>> Handle(
        Guid id,
        Request? request,
        ClaimsPrincipal user,
        Actor actor,
        OrdersDb db,
        NpgsqlDataSource source,
        OutboxSignal outbox,
        OrderStock stock,
        Sagas sagas,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        request ??= new();
        var (order, access) = await db.FindAccessAsync(id, user, ct, wantsTeam: true);
        if (
            !access.IsTeam
            && (request.EvenIfUsed || request.IsPartial || request.KeepFee is true || request.Id is not null)
        )
            throw ProblemException.Invalid(
                request.EvenIfUsed ? "evenIfUsed"
                    : request.IsPartial ? "ticketIds"
                    : request.KeepFee is true ? "keepFee"
                    : "id",
                "Only the organizer's team may do that."
            );
        if (request.IsPartial)
            await RequestPartAsync(order, request, actor, db, source, outbox, stock, sagas, ct);
        else if (request.KeepFee is true || request.Id is not null)
            throw ProblemException.Invalid(request.KeepFee is true ? "keepFee" : "id", "Only of a part of the order.");
        else if (order.Status is OrderStatus.Refunded)
            return TypedResults.Ok(OrderView.Of(order, access));
        else
            await RequestWholeAsync(order, access, request, actor, db, source, outbox, stock, sagas, clock, ct);
        order = await db.ReadAsync(id, CancellationToken.None);
        return TypedResults.Accepted(OrderRoutes.LocationOf(id), OrderView.Of(order, access));
    }

    private static async Task RequestWholeAsync(
        Order order,
        Access access,
        Request request,
        Actor actor,
        OrdersDb db,
        NpgsqlDataSource source,
        OutboxSignal outbox,
        OrderStock stock,
        Sagas sagas,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        RefundRules.Check(order, access.IsTeam, clock.GetUtcNow());
        var reason = request.Reason ?? (access.IsTeam ? "organizer" : "buyer");
        // The reason is free text, and stays with the order.
        var act = actor.Did(
            "refund.requested",
            order.OrganizerId,
            order.Id,
            access.IsTeam ? "organizer" : "buyer",
            ("evenIfUsed", request.EvenIfUsed),
            ("total", order.Left),
            ("currency", order.Currency)
        );
        await source.RequestRefundAsync(
            order.Id,
            reason,
            request.EvenIfUsed,
            evenIfTransferred: access.IsTeam,
            act,
            ct
        );
        outbox.Pulse();
        await TakeBackAsync(order.Id, db, source, stock, ct);
        await sagas.TryStartAsync(order.Id, Need.Refund);
    }

    private static async Task RequestPartAsync(
        Order order,
        Request request,
        Actor actor,
        OrdersDb db,
        NpgsqlDataSource source,
        OutboxSignal outbox,
        OrderStock stock,
        Sagas sagas,
        CancellationToken ct
    )
    {
        var keepsFee = request.KeepFee ?? await db.KeepsFeeAsync(order.OrganizerId, ct);
        while (true)
        {
            if (order.PartialRefunds.FirstOrDefault(r => r.Id == request.Id) is { } known)
            {
                if (known.Is(request))
                    return;
                throw ProblemException.Conflict("already-refunded", "Something else was refunded by this id.");
            }
            RefundRules.CheckPart(order);
            var part = PartialRefund.Of(order, request, keepsFee, actor.At);
            var act = actor.Did(
                "refund.requested",
                order.OrganizerId,
                order.Id,
                "organizer",
                ("part", part.Id),
                ("tickets", part.TicketIds.Count),
                ("products", part.Products.Sum(p => p.Quantity)),
                ("evenIfUsed", part.EvenIfUsed),
                ("total", part.Amount),
                ("currency", order.Currency)
            );
            if (await source.AddPartialRefundAsync(order, part, act, ct))
            {
                outbox.Pulse();
                await TakeBackAsync(order.Id, part, db, source, stock, ct);
                await sagas.TryStartAsync(order.Id, Need.RefundParts);
                return;
            }
            order = await db.ReadAsync(order.Id, ct);
        }
    }

    /// <summary>The saga's first step, early, so that its refusal is the answer.</summary>
    private static async Task TakeBackAsync(
        Guid id,
        PartialRefund part,
        OrdersDb db,
        NpgsqlDataSource source,
        OrderStock stock,
        CancellationToken ct
    )
    {
        try
        {
            if (await stock.TakeBackAsync(id, part, ct) is null)
                return;
        }
        catch (PeerUnavailableException)
        {
            return;
        }
        await source.RefusePartialRefundAsync(db, id, part.Id, CancellationToken.None);
        throw ProblemException.Conflict(
            "ticket-used",
            "A ticket of these was used: say that it is refunded all the same."
        );
    }

    /// <summary>The saga's first step, early, so that its refusal is the answer.</summary>
    private static async Task TakeBackAsync(
        Guid id,
        OrdersDb db,
        NpgsqlDataSource source,
        OrderStock stock,
        CancellationToken ct
    )
    {
        string refusal;
        try
        {
            if (await stock.TakeBackAsync(await db.ReadAsync(id, ct), ct) is not { } refused)
                return;
            refusal = refused;
        }
        catch (PeerUnavailableException)
        {
            // The request stands; the saga goes on when the neighbour is back.
            return;
        }
        await source.RefuseRefundAsync(id, refusal, CancellationToken.None);
        throw ProblemException.Conflict(
            refusal,
            refusal is "ticket-used"
                ? "A ticket of this order was used; only the organizer can refund it still."
                : "A ticket of this order is another person's now; only the organizer can refund it still."
        );
    }
}

internal static class RefundFacts
{
    /// <summary>
    /// Writes down that a paid order shall be refunded; the first reason stays, what it overrides only grows. What is done for the
    /// order from now on belongs to the trace of whoever asked.
    /// </summary>
    /// <param name="act">For the audit log; null: nobody asked, the stock is gone.</param>
    public static Task RequestRefundAsync(
        this NpgsqlDataSource source,
        Guid orderId,
        string reason,
        bool evenIfUsed,
        bool evenIfTransferred,
        ActRecorded? act,
        CancellationToken ct
    ) =>
        source.FirstAsync(
            $"""
            WITH moved AS (
                UPDATE orders SET refund_requested_at = coalesce(refund_requested_at, now()),
                    refund_reason = coalesce(refund_reason, $2), refund_even_if_used = refund_even_if_used OR $3,
                    refund_even_if_transferred = refund_even_if_transferred OR $4,
                    drive_after = now() + interval '30 seconds', trace_parent = coalesce($5, trace_parent)
                WHERE id = $1 AND {OrderMoves.IsBought}
                RETURNING id),
            {OutboxExtensions.Told("moved", first: 6)}
            SELECT true FROM moved
            """,
            row => row.GetBoolean(0),
            ct,
            [
                orderId,
                reason,
                evenIfUsed,
                evenIfTransferred,
                Traces.Current,
                .. OutboxExtensions.Values(act is null ? [] : [OutboxMessage.Of(act, Traces.Current)]),
            ]
        );

    /// <summary>A ticket was used, or is another person's: there is no refund, unless that is overridden meanwhile.</summary>
    public static Task<int> RefuseRefundAsync(
        this NpgsqlDataSource source,
        Guid orderId,
        string refusal,
        CancellationToken ct
    ) =>
        source.ExecuteAsync(
            $"""
            UPDATE orders SET refund_requested_at = NULL, refund_reason = NULL, refund_even_if_transferred = false,
                drive_after = CASE status WHEN 'Paid' THEN drive_after ELSE now() END
            WHERE id = $1 AND {OrderMoves.IsBought}
                AND NOT CASE $2 WHEN 'ticket-used' THEN refund_even_if_used ELSE refund_even_if_transferred END
            """,
            ct,
            orderId,
            refusal
        );
}
