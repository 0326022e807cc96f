using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Contracts;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Refunds;

internal static class StartPartialRefund
{
    /// <summary>Promises once what is given back; then tries to, and the checks go on if that fails.</summary>
    public static async Task<Accepted<RefundAccepted>> Handle(
        Guid orderId,
        RefundPart request,
        PaymentMoves moves,
        RefundOutcome outcome,
        TimeProvider clock,
        ILogger<RefundOutcome> logger,
        CancellationToken ct
    )
    {
        Validate(request);
        var payment =
            (await moves.OfOrderAsync(orderId, ct)).Find(p => p.Id == request.PaymentId)
            ?? throw ProblemException.NotFound("payment");
        var wanted = new PartialRefund(request.Id, request.Amount, request.Fee, clock.GetUtcNow(), Traces.Current);
        payment = await moves.RunAsync(payment, move => move.StartRefund(wanted), null, ct);
        if (Of(payment, request.Id) is null && payment.DisputedAt is not null)
            throw ProblemException.Conflict("payment-disputed", "The payer's bank has asked for the money back.");
        if (Of(payment, request.Id) is { IsCompleted: false })
            try
            {
                payment = await outcome.RefreshAsync(payment, null, ct);
            }
            catch (ProviderUnavailableException e)
            {
                logger.LogWarning("A partial refund of {Payment} waits: {Reason}", payment.Id, e.Reason());
            }
        var part = Of(payment, request.Id);
        return TypedResults.Accepted(
            (string?)null,
            new RefundAccepted(new(part?.Amount ?? 0, payment.Currency), part is null or { IsCompleted: true })
        );
    }

    private static PartialRefund? Of(Payment payment, Guid id) =>
        payment.PartialRefunds.FirstOrDefault(p => p.Id == id);

    private static void Validate(RefundPart request)
    {
        if (request.Amount <= 0)
            throw ProblemException.Invalid("amount", "More than nothing.");
        if (request.Fee < 0 || request.Fee > request.Amount)
            throw ProblemException.Invalid("fee", "A part of the amount.");
        if (request.Id == Guid.Empty || request.Id == request.PaymentId)
            throw ProblemException.Invalid("id", "An id of its own.");
    }
}
