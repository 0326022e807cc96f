using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Sandbox.Refunds;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

internal static class DisputePix
{
    /// <summary>No time of its own: somebody presses a button.</summary>
    private const string UntilSomebodyDecides = "100 years";

    private const string IsOpen = $"""
        EXISTS (SELECT FROM refunds r WHERE r.charge = end_to_end_id AND r.nature = '{PixReceived.Fraud}' AND r.status = 'Pending')
        """;

    /// <summary>SQL: tells of the Pix whose returns the CTE <c>ended</c> holds.</summary>
    private static readonly string ToldOfEnded = PixReceived.Tell(
        "(SELECT p.* FROM pix_received p WHERE p.end_to_end_id IN (SELECT charge FROM ended))",
        changed: "ended"
    );

    /// <summary>Asks for the money back as the victim of a fraud, through the payer's bank (MED). It is withheld.</summary>
    /// <remarks>409 <c>not-settled</c>: it was not paid; <c>charge-refunded</c>: it was given back before.</remarks>
    public static async Task<Ok<PixChargeResponse>> Handle(
        string txid,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        CancellationToken ct
    )
    {
        var (charge, first) = await PaidAsync(source, txid, ct);
        var (moved, pix) = await PixReceived.Table.MoveAsync(
            source,
            first.EndToEndId,
            "disputed = true, refunded = amount",
            from: "NOT disputed AND refunded < amount",
            $"""
                INSERT INTO refunds (charge, id, amount, currency, status, completes_at, nature)
                SELECT p.end_to_end_id, 'MED' || substr(md5(p.end_to_end_id || (
                        SELECT count(*) FROM refunds r WHERE r.charge = p.end_to_end_id)), 1, 29),
                    p.amount - p.refunded, 'BRL', 'Pending', now() + interval '{UntilSomebodyDecides}', '{PixReceived.Fraud}'
                FROM moved JOIN pix_received p USING (end_to_end_id)
                RETURNING *),

            told AS ({ToldOfEnded}
            """,
            ct
        );
        if (!pix.Disputed)
            throw ProblemException.Conflict("charge-refunded", "The money was given back.");
        if (moved)
            webhooks.Pulse();
        return TypedResults.Ok(charge.Describe() with { Disputed = true });
    }

    /// <summary>The banks refuse the claim: the return is not carried out, and the money is free again.</summary>
    /// <remarks>409 <c>not-disputed</c>: nothing is open.</remarks>
    public static Task<Ok<PixChargeResponse>> Win(
        string txid,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        CancellationToken ct
    ) =>
        EndAsync(
            txid,
            RefundStatus.Failed,
            $"""
            disputed = false, refunded = refunded - (
                SELECT sum(r.amount) FROM refunds r
                WHERE r.charge = end_to_end_id AND r.nature = '{PixReceived.Fraud}' AND r.status = 'Pending')
            """,
            source,
            webhooks,
            ct
        );

    /// <summary>The banks accept the claim: the payer gets the money.</summary>
    /// <remarks>409 <c>not-disputed</c>: nothing is open.</remarks>
    public static Task<Ok<PixChargeResponse>> Lose(
        string txid,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        CancellationToken ct
    ) => EndAsync(txid, RefundStatus.Completed, "disputed = true", source, webhooks, ct);

    private static async Task<Ok<PixChargeResponse>> EndAsync(
        string txid,
        RefundStatus outcome,
        string set,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        CancellationToken ct
    )
    {
        var (charge, first) = await PaidAsync(source, txid, ct);
        var (moved, _) = await PixReceived.Table.MoveAsync(
            source,
            first.EndToEndId,
            set,
            from: IsOpen,
            $"""
                UPDATE refunds SET status = $2
                FROM moved
                WHERE charge = moved.end_to_end_id AND nature = '{PixReceived.Fraud}' AND status = 'Pending'
                RETURNING refunds.*),
            told AS ({ToldOfEnded}
            """,
            ct,
            outcome.ToString()
        );
        if (moved)
            webhooks.Pulse();
        else if (!first.Devolucoes.IsMed(outcome))
            throw ProblemException.Conflict("not-disputed", "No dispute of this Pix is open.");
        return TypedResults.Ok((await PixCharge.Table.GetAsync(source, txid, ct)).Describe());
    }

    /// <returns>The charge, and the Pix that paid it first.</returns>
    private static async Task<(PixCharge Charge, PixCame First)> PaidAsync(
        NpgsqlDataSource source,
        string txid,
        CancellationToken ct
    )
    {
        var charge = await PixCharge.Table.GetAsync(source, txid, ct);
        return charge.Received is [var first, ..]
            ? (charge, first)
            : throw ProblemException.Conflict("not-settled", "The charge was not paid.");
    }

    /// <summary>It was decided so before.</summary>
    private static bool IsMed(this IReadOnlyList<PixReturn>? returns, RefundStatus outcome) =>
        returns?.Any(d =>
            d.Natureza == PixReceived.Fraud
            && d.Status == (outcome == RefundStatus.Completed ? PixReturn.Made : PixReturn.NotMade)
        ) == true;
}
