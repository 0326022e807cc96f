using System.Text.Json;
using Npgsql;
using Ticketing.Notifications.Mails;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

/// <summary>A mail to be noted; the worker sends it.</summary>
/// <param name="SubjectId">Transfer or ticket; null: the order itself.</param>
/// <param name="PersonId">With whose account the mail is forgotten.</param>
internal sealed record NewMail(
    MailKind Kind,
    Guid OrderId,
    Guid? SubjectId,
    Guid? PersonId,
    string Recipient,
    MailContent Content
)
{
    private const string Note = """
        WITH today AS (
            SELECT count(*) >= $9 AS full_box FROM (
                SELECT FROM deliveries WHERE recipient = $6 AND created_at > now() - interval '1 day' LIMIT $9) d),
        noted AS (
            INSERT INTO deliveries (id, order_id, subject_id, kind, person_id, recipient, content, state, attempts, trace_parent)
            SELECT $1, $2, $3, $4, $5, $6, $7::jsonb, 'Pending', 0, $8 FROM today
            WHERE NOT full_box AND NOT EXISTS (SELECT FROM erased_people WHERE id = $5)
            ON CONFLICT (order_id, kind, subject_id) DO NOTHING
            RETURNING true)
        SELECT EXISTS (SELECT FROM noted)
        """;

    /// <summary>
    /// Once: the same mail again, one to a person who was erased, and one to an address that has had too many today, is not
    /// noted.
    /// </summary>
    public async Task NoteAsync(NpgsqlDataSource db, DeliverySignal signal, CancellationToken ct)
    {
        var noted = await db.FirstAsync(
            Note,
            row => row.GetBoolean(0),
            ct,
            Guid.CreateVersion7(),
            OrderId,
            SubjectId,
            Kind.ToString(),
            PersonId,
            // One address, however it is written.
            EmailAddress.TryNormalize(Recipient, out var address)
                ? address
                : Recipient,
            JsonSerializer.Serialize(Content, ServiceDefaultsExtensions.Json),
            Traces.Current,
            Delivery.MaxADay
        );
        if (noted)
            signal.Pulse();
    }
}
