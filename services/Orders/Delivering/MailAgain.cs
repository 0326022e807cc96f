using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Delivering;

/// <summary>The mail with the tickets, once more: mailboxes lose mails, and people delete them.</summary>
internal static class MailAgain
{
    /// <summary>Within <see cref="Window"/>: more is somebody filling a mailbox.</summary>
    private const int MaxMails = 5;
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Locks the order's row: of two at once the second one sees the first. Null: too soon, or too often.</summary>
    private static readonly string Note = $"""
        WITH moved AS (
            UPDATE orders SET mailed_again_at = now(),
                mails_again = CASE WHEN mailed_again_at > now() - $2::interval THEN mails_again + 1 ELSE 1 END
            WHERE id = $1 AND status = 'Fulfilled' AND refund_requested_at IS NULL
                AND (mailed_again_at IS NULL OR mailed_again_at < now() - $3::interval)
                AND (mailed_again_at IS NULL OR mailed_again_at < now() - $2::interval OR mails_again < $4)
            RETURNING id),
        {OutboxExtensions.Told("moved", first: 5)}
        SELECT true FROM moved
        """;

    /// <summary>Sends the mail with the tickets again.</summary>
    /// <remarks>
    /// For the buyer and the organizer's team (finance), to the address that the order was placed with: nobody can have it sent
    /// elsewhere. It says what is true now (a show that was moved, a refund that is over); a ticket that was passed on or reissued
    /// is its new holder's, and its link in the mail is dead. Once a minute, five times a day. 202: it is on its way, if
    /// the buyer's account still exists.
    /// </remarks>
    /// <param name="id">The order.</param>
    /// <response code="404">No such order that you may see.</response>
    /// <response code="409">order-not-paid: it has no tickets, or none any more.</response>
    /// <response code="429">too-many-mails, with Retry-After.</response>
    public static async Task<Accepted> Handle(
        Guid id,
        ClaimsPrincipal user,
        Actor actor,
        OrdersDb db,
        NpgsqlDataSource source,
        OutboxSignal outbox,
        OrderStock stock,
        CancellationToken ct
    )
    {
        var (order, access) = await db.FindAccessAsync(id, user, ct);
        if (order.Status is not OrderStatus.Fulfilled || order.RefundRequestedAt is not null)
            throw NotPaid();
        IssuedTickets issued;
        try
        {
            // Issued long ago: answers the same tickets, with the show as it is now.
            issued = await stock.CommitTicketsAsync(order, ct);
        }
        catch (ProblemException e) when (e.Code is "hold-released" or "hold-not-found" or "sold-out")
        {
            throw NotPaid();
        }
        var told = Fulfilment.Of(order, issued, actor.At, Guid.CreateVersion7(actor.At));
        var act = actor.Did("order.mailed-again", order.OrganizerId, id, access.IsBuyer ? "buyer" : "organizer");
        var noted = await source.FirstAsync(
            Note,
            row => row.GetBoolean(0),
            ct,
            [
                id,
                Window,
                Pause,
                MaxMails,
                .. OutboxExtensions.Values(
                    OutboxMessage.Of(told, Traces.Current),
                    OutboxMessage.Of(act, Traces.Current)
                ),
            ]
        );
        if (!noted)
            throw await RefusedAsync(db, id, actor.At, ct);
        outbox.Pulse();
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<ProblemException> RefusedAsync(
        OrdersDb db,
        Guid id,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var order = await db.ReadAsync(id, ct);
        if (order.Status is not OrderStatus.Fulfilled || order.RefundRequestedAt is not null)
            return NotPaid();
        var wait = order.MailsAgain < MaxMails ? Pause : Window;
        var left = order.MailedAgainAt + wait - now;
        return new(
            StatusCodes.Status429TooManyRequests,
            "too-many-mails",
            "The mail was asked for a moment ago, or too often today.",
            left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1)
        );
    }

    private static ProblemException NotPaid() =>
        ProblemException.Conflict("order-not-paid", "The order has no tickets, or none any more.");
}
