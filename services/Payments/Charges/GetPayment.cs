using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Charges;

internal static class GetPayment
{
    /// <summary>The order's latest attempt.</summary>
    public static async Task<PaymentSnapshot> Handle(Guid orderId, PaymentsDb db, CancellationToken ct)
    {
        var payment =
            await db
                .Payments.AsNoTracking()
                .Where(p => p.OrderId == orderId)
                .OrderByDescending(p => p.Attempt)
                .FirstOrDefaultAsync(ct)
            ?? throw ProblemException.NotFound("payment");
        return payment.Snapshot();
    }
}
