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
        PaymentMoves moves,
        ProviderDirectory providers,
        ChargeOutcome outcome,
        CancellationToken ct
    )
    {
        var payments = await moves.OfOrderAsync(orderId, ct);
        var open = payments.FindIndex(p => p.Status == PaymentStatus.Pending);
        if (open >= 0)
            payments[open] = await CloseAsync(payments[open], moves, providers, outcome, ct);
        // What a dispute took is here no more.
        return new(payments.Exists(p => p is { Status: PaymentStatus.Settled, Refundable.Amount: > 0 }));
    }

    private static async Task<Payment> CloseAsync(
        Payment open,
        PaymentMoves moves,
        ProviderDirectory providers,
        ChargeOutcome outcome,
        CancellationToken ct
    )
    {
        try
        {
            var charge = await providers.Of(open).CancelAsync(open, ct);
            var closed = charge is null or { State: ChargeState.Cancelled }
                ? await moves.RunAsync(open, move => move.Cancel(), null, ct)
                : await outcome.ApplyAsync(open, charge, null, ct);
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
