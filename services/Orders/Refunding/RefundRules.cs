using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunding;

/// <summary>
/// When a paid order may be given back. The buyer may withdraw from a purchase at a distance within seven days (Código de
/// Defesa do Consumidor, Lei 8.078/1990, art. 49); for tickets the market's rule is that this ends 48 hours before
/// the session. The organizer's team may refund at any time.
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
        if (order.DisputedAt is not null)
            throw ProblemException.Conflict(
                "payment-disputed",
                "The payment is disputed at the bank, which decides about the money."
            );
        if (byTeam || BuyerMay(order.PaidAt ?? order.PlacedAt, order.StartsAt, now))
            return;
        throw ProblemException.Conflict(
            "refund-window-closed",
            $"The buyer may withdraw within {RegretPeriod.TotalDays:0} days of the purchase and until "
                + $"{EndsBeforeSession.TotalHours:0} hours before the session; ask the organizer."
        );
    }

    internal static bool BuyerMay(DateTimeOffset boughtAt, DateTimeOffset startsAt, DateTimeOffset now) =>
        now <= EndOf(boughtAt, startsAt);

    /// <summary>Until then the buyer may give a paid order back.</summary>
    public static DateTimeOffset EndOf(DateTimeOffset boughtAt, DateTimeOffset startsAt) =>
        boughtAt + RegretPeriod < startsAt - EndsBeforeSession ? boughtAt + RegretPeriod : startsAt - EndsBeforeSession;
}
