using Ticketing.Contracts;
using Ticketing.Orders.Refunding;

namespace Ticketing.Orders.Delivering;

/// <summary>What the tickets' mail says, when they are issued and when it is asked for again.</summary>
internal static class Fulfilment
{
    /// <param name="mailRequestId">Null: it is news.</param>
    public static OrderFulfilled Of(Order order, IssuedTickets issued, DateTimeOffset now, Guid? mailRequestId = null)
    {
        var until = RefundRules.EndOf(order);
        // An order without a total has nothing to give back.
        var refundable = order.Total > 0 && until > now;
        return new OrderFulfilled(
            order.Summary(),
            issued.Tickets,
            now,
            issued.Show,
            issued.PdfPath,
            refundable ? until : null,
            mailRequestId
        );
    }
}
