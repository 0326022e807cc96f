using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Reading;

internal static class GetOrder
{
    /// <summary>Seconds; shorter than the patience of what lies between.</summary>
    private const int MaxWait = 25;

    /// <summary>An order of mine, or of my organizer.</summary>
    /// <remarks>
    /// For its buyer and for the organizer's owner, managers and finance; how to pay and the tickets' links are for the
    /// buyer alone. Who bought and who comes is shown to the team only if the buyer agreed (consent `organizers`); the door sees
    /// the name on a ticket that it scans. With `wait` the answer comes when the order changes, at the latest after so many seconds; at once when
    /// nothing will change by itself: it has ended, or its payment failed. With `Accept: text/event-stream` each change is
    /// an event `order`, until then.
    /// </remarks>
    /// <param name="id">The order; the same as its hold.</param>
    /// <param name="wait">Seconds to wait for a change, up to 25.</param>
    /// <response code="404">No such order that you may see.</response>
    internal static async Task<Results<Ok<OrderView>, ServerSentEventsResult<OrderView>>> Handle(
        Guid id,
        ClaimsPrincipal user,
        HttpRequest request,
        OrdersDb db,
        OrderChanges changes,
        IServiceScopeFactory scopes,
        TimeProvider clock,
        CancellationToken ct,
        [Range(0, MaxWait)] int wait = 0
    )
    {
        if (request.GetTypedHeaders().Accept.Any(a => a.MediaType == "text/event-stream"))
        {
            var (_, access) = await db.FindAccessAsync(id, user, ct);
            return TypedResults.ServerSentEvents(
                StreamAsync(id, access, changes, scopes, clock, ct),
                eventType: "order"
            );
        }
        var end = clock.GetUtcNow().AddSeconds(wait);
        // Before the order is read: a change in between counts.
        var watch = wait > 0 ? changes.Watch(id) : null;
        try
        {
            var (order, seenAs) = await db.FindAccessAsync(id, user, ct);
            var view = OrderView.Of(order, seenAs);
            var before = view;
            while (
                watch is not null
                && Same(view, before)
                && MayChange(order)
                && await watch.ChangesAsync(end - clock.GetUtcNow(), clock, ct)
            )
            {
                watch.Dispose();
                watch = changes.Watch(id);
                order = await db.ReadAsync(id, ct);
                view = OrderView.Of(order, seenAs);
            }
            return TypedResults.Ok(view);
        }
        finally
        {
            watch?.Dispose();
        }
    }

    /// <summary>A notice may come late, or twice: what was read with the first one is no change.</summary>
    private static bool Same(OrderView one, OrderView other) =>
        ReferenceEquals(one, other)
        || JsonSerializer
            .SerializeToUtf8Bytes(one, ServiceDefaultsExtensions.Json)
            .AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(other, ServiceDefaultsExtensions.Json));

    private static async IAsyncEnumerable<OrderView> StreamAsync(
        Guid id,
        Access access,
        OrderChanges changes,
        IServiceScopeFactory scopes,
        TimeProvider clock,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var end = clock.GetUtcNow().AddSeconds(MaxWait);
        OrderView? told = null;
        while (true)
        {
            using var watch = changes.Watch(id);
            Order order;
            await using (var scope = scopes.CreateAsyncScope())
                order = await scope.ServiceProvider.GetRequiredService<OrdersDb>().ReadAsync(id, ct);
            var view = OrderView.Of(order, access);
            if (told is null || !Same(view, told))
                yield return told = view;
            if (!MayChange(order) || !await watch.ChangesAsync(end - clock.GetUtcNow(), clock, ct))
                yield break;
        }
    }

    /// <summary>By itself, while its buyer does nothing but pay.</summary>
    private static bool MayChange(Order order) =>
        order.Status switch
        {
            OrderStatus.Pending or OrderStatus.AwaitingPayment => order.Payment is { Status: PaymentStatus.Pending }
                || order.CancelRequestedAt is not null,
            OrderStatus.Paid => true,
            OrderStatus.Fulfilled => order.RefundRequestedAt is not null
                || order.PartialRefunds.Any(r => !r.IsCompleted),
            _ => false,
        };
}
