namespace Ticketing.Sandbox.Stripe;

/// <summary>What the merchant is told of cards: Stripe's events, of the version that its library speaks.</summary>
internal static class StripeEvents
{
    public const string Succeeded = "payment_intent.succeeded";
    public const string Failed = "payment_intent.payment_failed";
    public const string DisputeCreated = "charge.dispute.created";
    public const string DisputeUpdated = "charge.dispute.updated";
    public const string DisputeClosed = "charge.dispute.closed";
    private const string Refunded = "refund.updated";
    private const string ApiVersion = "2026-10-28.endive";
    private const string Intent = "'pi_' || replace(e.id::text, '-', '')";

    /// <summary>SQL: an event of each charge in <paramref name="rows"/>.</summary>
    public static string OfCharges(string rows, string type) =>
        Insert(
            rows,
            type,
            $"""
            'id', {Intent}, 'object', 'payment_intent', 'amount', e.amount, 'currency', lower(e.currency),
                'metadata', json_build_object('payment_id', e.reference)
            """
        );

    /// <summary>SQL: an event of each charge in <paramref name="rows"/>, which was disputed.</summary>
    public static string OfDisputes(string rows, string type) =>
        Insert(
            rows,
            type,
            $"""
            'id', 'dp_' || replace(e.id::text, '-', ''), 'object', 'dispute', 'amount', e.amount,
                'currency', lower(e.currency), 'payment_intent', {Intent}, 'reason', 'fraudulent',
                'status', e.dispute_status
            """
        );

    /// <summary>SQL: an event of each card refund in <paramref name="rows"/> that is completed.</summary>
    public static string OfRefunds(string rows) =>
        Insert(
            $"(SELECT * FROM {rows} WHERE status = 'Completed' AND nature IS NULL)",
            Refunded,
            """
            'id', 're_' || left(encode(sha256(convert_to(e.charge || '/' || e.id, 'UTF8')), 'hex'), 24), 'object', 'refund', 'amount', e.amount, 'currency', lower(e.currency),
                'payment_intent', e.charge, 'status', 'succeeded'
            """
        );

    private static string Insert(string rows, string type, string told) =>
        $"""
            INSERT INTO webhooks (id, payload)
            SELECT e.event, json_build_object('id', e.event, 'object', 'event', 'api_version', '{ApiVersion}',
                'created', extract(epoch FROM now())::bigint, 'type', '{type}', 'livemode', false,
                'pending_webhooks', 1, 'data', json_build_object('object', json_build_object({told})))
            FROM (SELECT 'evt_' || replace(gen_random_uuid()::text, '-', '') AS event, c.* FROM {rows} c) e
            """;
}
