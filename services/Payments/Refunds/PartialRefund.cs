using System.Text.Json;

namespace Ticketing.Payments.Refunds;

/// <summary>
/// A part of a payment that is given back: promised once, and then paid, by the provider or by a dispute that overtook it. Kept
/// with the payment, whose version guards both.
/// </summary>
/// <param name="Amount">What is owed, in minor units.</param>
/// <param name="Fee">Of the platform's fee, what it gives back with it.</param>
/// <param name="TraceParent">Of the request for it: what the provider says later belongs there.</param>
/// <param name="Returned">What we gave back of it; the rest was taken by a bank.</param>
internal sealed record PartialRefund(
    Guid Id,
    long Amount,
    long Fee,
    DateTimeOffset StartedAt,
    string? TraceParent,
    long Returned = 0,
    DateTimeOffset? CompletedAt = null
)
{
    /// <summary>Of the payments' table.</summary>
    public const string Column = "partial_refunds";

    /// <summary>SQL: one is on its way.</summary>
    public const string IsOpen = $"jsonb_path_exists({Column}, '$[*] ? (@.completedAt == null)')";

    /// <summary>SQL: what those of a payment took of it, or will take.</summary>
    public const string SumOfPromised = $"""
        (SELECT coalesce(sum(CASE WHEN r->>'completedAt' IS NULL THEN (r->>'amount')::bigint ELSE (r->>'returned')::bigint END), 0)
            FROM jsonb_array_elements({Column}) r)::bigint
        """;

    /// <summary>SQL: the platform's fee that went back with them.</summary>
    public const string SumOfFees =
        $"(SELECT coalesce(sum((r->>'fee')::bigint), 0) FROM jsonb_array_elements({Column}) r)::bigint";

    public bool IsCompleted => CompletedAt is not null;

    /// <summary>What it takes of the payment.</summary>
    public long Promised => IsCompleted ? Returned : Amount;

    public static IReadOnlyList<PartialRefund> ReadAll(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize<List<PartialRefund>>(json, JsonSerializerOptions.Web)!;

    /// <returns>Null when there is none, as of almost every payment.</returns>
    public static string? ToJson(IReadOnlyList<PartialRefund> refunds) =>
        refunds.Count == 0 ? null : JsonSerializer.Serialize(refunds, JsonSerializerOptions.Web);
}
