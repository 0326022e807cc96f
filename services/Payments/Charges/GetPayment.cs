using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Charges;

internal static class GetPayment
{
    /// <summary>The order's latest attempt.</summary>
    public static async Task<PaymentSnapshot> Handle(Guid orderId, PaymentMoves moves, CancellationToken ct) =>
        (await moves.OfOrderAsync(orderId, ct)).LastOrDefault()?.Snapshot()
        ?? throw ProblemException.NotFound("payment");
}
