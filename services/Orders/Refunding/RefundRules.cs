using Ticketing.Orders.Disputing;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunding;

/// <summary>
/// When a paid order may be given back. The buyer may withdraw from a purchase at a distance within so many days, which ends
/// so many hours before the session (<see cref="OrdersOptions"/>; the order keeps what was agreed). Of a show that was moved to
/// another time or place, within seven days of that and until it starts: it is not what was bought. The organizer's team may
/// refund at any time.
/// </summary>
internal static class RefundRules
{
    public static readonly TimeSpan AfterMove = TimeSpan.FromDays(7);

    /// <exception cref="ProblemException">409: not paid, disputed, or the buyer is too late.</exception>
    public static void Check(Order order, bool byTeam, DateTimeOffset now)
    {
        if (!OrderMoves.Bought.Contains(order.Status))
            throw ProblemException.Conflict(
                "order-not-paid",
                "Only a paid order can be refunded; cancel it while it is not paid."
            );
        if (order.DisputeStatus is DisputeStatus.Open)
            throw ProblemException.Conflict(
                "payment-disputed",
                "The payment is disputed at the bank, which decides about the money."
            );
        if (byTeam || now <= EndOf(order))
            return;
        throw new ProblemException(
            409,
            "refund-window-closed",
            $"The buyer may withdraw within {order.WithdrawalDays} days of the purchase and until "
                + $"{order.WithdrawalEndsHoursBefore} hours before the session, or within {AfterMove.TotalDays:0} days "
                + "of its move; ask the organizer."
        )
        {
            Extensions = { ["until"] = EndOf(order) },
        };
    }

    /// <exception cref="ProblemException">409: not fulfilled, disputed, or all of it is being given back.</exception>
    public static void CheckPart(Order order)
    {
        if (order.Status is OrderStatus.Refunded || order.RefundRequestedAt is not null)
            throw ProblemException.Conflict("already-refunded", "All of the order is refunded.");
        Check(order, byTeam: true, order.PlacedAt);
        if (order.Status is not OrderStatus.Fulfilled)
            throw ProblemException.Conflict("order-not-fulfilled", "The tickets are being issued; try again.");
    }

    /// <summary>Until then the buyer may give a paid order back.</summary>
    public static DateTimeOffset EndOf(Order order) =>
        EndOf(
            order.PaidAt ?? order.PlacedAt,
            order.RescheduledAt,
            order.StartsAt,
            TimeSpan.FromDays(order.WithdrawalDays),
            TimeSpan.FromHours(order.WithdrawalEndsHoursBefore)
        );

    internal static DateTimeOffset EndOf(
        DateTimeOffset boughtAt,
        DateTimeOffset? rescheduledAt,
        DateTimeOffset startsAt,
        TimeSpan after,
        TimeSpan before
    )
    {
        var regret = Earlier(boughtAt + after, startsAt - before);
        return rescheduledAt is { } moved && Earlier(moved + AfterMove, startsAt) is var end && end > regret
            ? end
            : regret;
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
