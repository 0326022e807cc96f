using Ticketing.Orders.Disputing;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunding;

/// <summary>
/// When a paid order may be given back. The buyer may withdraw from a purchase at a distance within seven days (Código de
/// Defesa do Consumidor, Lei 8.078/1990, art. 49); for tickets the market's rule is that this ends 48 hours before
/// the session. Of a show that was moved to another time or place, within seven days of that and until it starts: it is
/// not what was bought. The organizer's team may refund at any time.
/// </summary>
internal static class RefundRules
{
    public static readonly TimeSpan RegretPeriod = TimeSpan.FromDays(7);
    public static readonly TimeSpan EndsBeforeSession = TimeSpan.FromHours(48);

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
        if (byTeam || BuyerMay(order.PaidAt ?? order.PlacedAt, order.RescheduledAt, order.StartsAt, now))
            return;
        throw ProblemException.Conflict(
            "refund-window-closed",
            $"The buyer may withdraw within {RegretPeriod.TotalDays:0} days of the purchase and until "
                + $"{EndsBeforeSession.TotalHours:0} hours before the session, or within {RegretPeriod.TotalDays:0} days "
                + "of its move; ask the organizer."
        );
    }

    internal static bool BuyerMay(
        DateTimeOffset boughtAt,
        DateTimeOffset? rescheduledAt,
        DateTimeOffset startsAt,
        DateTimeOffset now
    ) => now <= EndOf(boughtAt, rescheduledAt, startsAt);

    /// <summary>Until then the buyer may give a paid order back.</summary>
    public static DateTimeOffset EndOf(DateTimeOffset boughtAt, DateTimeOffset? rescheduledAt, DateTimeOffset startsAt)
    {
        var regret = Earlier(boughtAt + RegretPeriod, startsAt - EndsBeforeSession);
        return rescheduledAt is { } moved && Earlier(moved + RegretPeriod, startsAt) is var end && end > regret
            ? end
            : regret;
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
