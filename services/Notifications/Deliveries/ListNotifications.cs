using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

public static class ListNotifications
{
    private const int MaxMails = 100;

    /// <summary>A mail about an order, or a ticket of it, and what became of it.</summary>
    /// <param name="SubjectId">The transfer or the ticket; null: the order itself.</param>
    /// <param name="LastError">Why the last try failed; null when none did.</param>
    public sealed record Response(
        Guid Id,
        Guid OrderId,
        Guid? SubjectId,
        MailKind Kind,
        DeliveryState State,
        int Attempts,
        string? LastError,
        DateTimeOffset CreatedAt,
        DateTimeOffset? SentAt
    );

    /// <summary>The mails about an order and its tickets, the latest hundred.</summary>
    /// <remarks>For platform administrators. Says nothing of the person.</remarks>
    /// <param name="orderId">The order.</param>
    internal static async Task<Ok<Page<Response>>> Handle(Guid orderId, NotificationsDb db, CancellationToken ct) =>
        TypedResults.Ok(
            new Page<Response>(
                await db
                    .Deliveries.Where(d => d.OrderId == orderId)
                    .OrderByDescending(d => d.Id)
                    .Take(MaxMails)
                    .OrderBy(d => d.Id)
                    .Select(d => new Response(
                        d.Id,
                        d.OrderId,
                        d.SubjectId,
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
