using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunding;

/// <summary>The whole order is given back: tickets void, money returned.</summary>
public static class RequestRefund
{
    /// <param name="Reason">For the records.</param>
    /// <param name="EvenIfUsed">Also when a ticket was checked in; only for the organizer's team.</param>
    public sealed record Request(
        [property: StringLength(Order.MaxReasonLength)] string? Reason = null,
        bool EvenIfUsed = false
    );

    /// <summary>Refunds a paid order, whole.</summary>
    /// <remarks>
    /// The organizer's team at any time; the buyer until the order's <c>refundableUntil</c>: so many days after the purchase as was agreed
    /// (the law asks for 7: CDC, art. 49), at the latest some hours before the session, or 7 days after its move to another time or
    /// place; not when a ticket of it was transferred: whoever has it keeps it. 202: the tickets are void and the money is on its way;
    /// the order becomes refunded. 200: it was refunded before.
    /// </remarks>
    /// <param name="id">The order.</param>
    /// <response code="404">No such order that you may see.</response>
    /// <response code="409">order-not-paid; refund-window-closed; ticket-transferred; ticket-used; payment-disputed.</response>
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
        var (order, access) = await db.FindAccessAsync(id, user, ct, wantsTeam: true);
        if (order.Status is OrderStatus.Refunded)
            return TypedResults.Ok(OrderView.Of(order, access));
        RefundRules.Check(order, access.IsTeam, clock.GetUtcNow());
        var force = request?.EvenIfUsed ?? false;
        if (force && !access.IsTeam)
            throw ProblemException.Invalid("evenIfUsed", "Only the organizer's team may do that.");
        var reason = request?.Reason ?? (access.IsTeam ? "organizer" : "buyer");
        // The reason is free text, and stays with the order.
        var act = actor.Did(
            "refund.requested",
            order.OrganizerId,
            id,
            access.IsTeam ? "organizer" : "buyer",
            ("evenIfUsed", force),
            ("total", order.Total),
            ("currency", order.Currency)
        );
        await source.RequestRefundAsync(id, reason, evenIfUsed: force, evenIfTransferred: access.IsTeam, act, ct);
        outbox.Pulse();
        await TakeBackAsync(id, db, source, stock, ct);
        await sagas.TryStartAsync(id, Need.Refund);
        order = await db.ReadAsync(id, CancellationToken.None);
        return TypedResults.Accepted(OrderRoutes.LocationOf(id), OrderView.Of(order, access));
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
