using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Payments.Providers;

namespace Ticketing.Payments.Charges;

internal static class ClosePayment
{
    /// <summary>
    /// Money first looks back: the provider either cancels the open charge or says that it was paid; that answer decides
    /// every race with the buyer.
    /// </summary>
    public static async Task<PaymentClosed> Handle(
        Guid orderId,
        PaymentsDb db,
        ProviderDirectory providers,
        ChargeOutcome outcome,
        CancellationToken ct
    )
    {
        var payments = await db.Payments.AsNoTracking().Where(p => p.OrderId == orderId).ToListAsync(ct);
        if (payments.Find(p => p.Status == PaymentStatus.Pending) is { } open)
        {
            var closed = await CloseAsync(open, providers, outcome, ct);
            payments.Remove(open);
            payments.Add(closed);
        }
        return new(payments.Exists(p => p.Status == PaymentStatus.Settled));
    }

    private static async Task<Payment> CloseAsync(
        Payment open,
        ProviderDirectory providers,
        ChargeOutcome outcome,
        CancellationToken ct
    )
    {
        try
        {
            var charge = await providers.Of(open).CancelAsync(open, ct);
            var closed = charge is null or { State: ChargeState.Cancelled }
                ? await outcome.CancelAsync(open.Id, ct)
                : await outcome.ApplyAsync(open, charge, ct);
            return closed.Status == PaymentStatus.Pending
                ? throw new ProviderUnavailableException("The provider keeps the charge open.")
                : closed;
        }
        catch (ProviderUnavailableException e)
        {
            throw OpenPayment.Unavailable(e);
        }
    }
}
