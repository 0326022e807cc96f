using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

public static class ListNotifications
{
    /// <summary>A mail about an order and what became of it.</summary>
    /// <param name="LastError">Why the last try failed; null when none did.</param>
    public sealed record Response(
        Guid Id,
        Guid OrderId,
        MailKind Kind,
        DeliveryState State,
        int Attempts,
        string? LastError,
        DateTimeOffset CreatedAt,
        DateTimeOffset? SentAt
    );

    /// <summary>The mails about an order.</summary>
    /// <remarks>For platform administrators. Says nothing of the person.</remarks>
    /// <param name="orderId">The order.</param>
    internal static async Task<Ok<Page<Response>>> Handle(Guid orderId, NotificationsDb db, CancellationToken ct) =>
        // One a kind at most, so one page has them all.
        TypedResults.Ok(
            new Page<Response>(
                await db
                    .Deliveries.Where(d => d.OrderId == orderId)
                    .OrderBy(d => d.Id)
                    .Select(d => new Response(
                        d.Id,
                        d.OrderId,
                        d.Kind,
                        d.State,
                        d.Attempts,
                        d.LastError,
                        d.CreatedAt,
                        d.SentAt
                    ))
                    .ToListAsync(ct),
                null
            )
        );
}
