using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Orders.Checkout;

/// <summary>
/// Orders that came to nothing forget who placed them. Of a sale, the law wants the buyer kept for years (LGPD, Lei
/// 13.709/2018, art. 16, I).
/// </summary>
internal static class OnUserErased
{
    public static Task Handle(UserErased erased, OrdersDb db, CancellationToken ct) =>
        db
            .Orders.Where(o => o.BuyerId == erased.UserId && OrderMoves.Unpaid.Contains(o.Status))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(o => o.BuyerName, "")
                        .SetProperty(o => o.BuyerEmail, "")
                        .SetProperty(o => o.BuyerCpf, (byte[]?)null)
                        .SetProperty(o => o.Attendees, Array.Empty<Attendee>()),
                ct
            );
}
