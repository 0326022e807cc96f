namespace Ticketing.Payments.Ledger;

/// <summary>SQL: what a posting of <c>kind</c> and <c>amount</c> adds to a sum that organizers are told.</summary>
internal static class EventMoney
{
    public const string Fees = "CASE kind WHEN 'FeeCharged' THEN amount WHEN 'FeeReturned' THEN -amount END";

    public const string Chargebacks =
        "CASE kind WHEN 'DisputeLost' THEN amount WHEN 'RefundedByDispute' THEN -amount END";

    /// <summary>What banks withhold until they have decided; still part of the net.</summary>
    public const string Disputed =
        "CASE kind WHEN 'Disputed' THEN amount WHEN 'DisputeWon' THEN -amount WHEN 'DisputeLost' THEN -amount END";

    /// <summary>What is the organizer's: what buyers paid less fees, refunds and chargebacks.</summary>
    public const string Net = """
        CASE WHEN kind IN ('Settled', 'SettledLate', 'FeeReturned', 'RefundedByDispute') THEN amount
            WHEN kind IN ('FeeCharged', 'RefundStarted', 'DisputeLost') THEN -amount END
        """;
}
