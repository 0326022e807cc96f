using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Contracts;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Disputes;

internal static class AnswerDispute
{
    /// <summary>Keeps what is said against the dispute; then tells the provider, and the checks go on if that fails.</summary>
    public static async Task<Accepted<DisputeSnapshot>> Handle(
        Guid orderId,
        Guid disputeId,
        AttachEvidence request,
        PaymentMoves moves,
        ProviderDirectory providers,
        ChargeOutcome outcome,
        ILogger<ChargeOutcome> logger,
        CancellationToken ct
    )
    {
        if (request.Text.Length is 0 or > AttachEvidence.MaxLength)
            throw ProblemException.Invalid("text", $"1 to {AttachEvidence.MaxLength} characters.");
        var payments = await moves.OfOrderAsync(orderId, ct);
        var payment =
            payments.Find(p => p.Disputes.Any(d => d.Id == disputeId)) ?? throw ProblemException.NotFound("dispute");
        if (!providers.Of(payment).TakesEvidence)
            throw ProblemException.Conflict("evidence-not-taken", "This dispute is answered at the bank itself.");
        payment = await moves.RunAsync(payment, move => move.Attach(disputeId, request.Text), null, ct);
        var dispute = Of(payment, disputeId);
        if (dispute.Evidence is null)
            throw ProblemException.Conflict("dispute-closed", "The bank has decided.");
        if (dispute.Evidence != request.Text)
            throw ProblemException.Conflict("evidence-sent", "The bank takes one answer, and has another one.");
        try
        {
            payment = await outcome.AnswerAsync(payment, ct);
        }
        catch (ProviderUnavailableException e)
        {
            logger.LogWarning("The answer to dispute {Dispute} waits: {Reason}", disputeId, e.Reason());
        }
        return TypedResults.Accepted((string?)null, Of(payment, disputeId).Snapshot(payment));
    }

    private static Dispute Of(Payment payment, Guid disputeId) => payment.Disputes.First(d => d.Id == disputeId);
}
