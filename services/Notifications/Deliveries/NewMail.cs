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
    /// <summary>Once: the same mail again, and one to a person who was erased, is not noted.</summary>
    public async Task NoteAsync(NpgsqlDataSource db, DeliverySignal signal, CancellationToken ct)
    {
        await using var command = db.CreateCommand(
            """
            INSERT INTO deliveries (id, order_id, subject_id, kind, person_id, recipient, content, state, attempts, trace_parent)
            SELECT $1, $2, $3, $4, $5, $6, $7::jsonb, 'Pending', 0, $8
            WHERE NOT EXISTS (SELECT FROM erased_people WHERE id = $5)
            ON CONFLICT (order_id, kind, subject_id) DO NOTHING
            """
        );
        command.Add(
            Guid.CreateVersion7(),
            OrderId,
            SubjectId,
            Kind.ToString(),
            PersonId,
            Recipient,
            JsonSerializer.Serialize(Content, ServiceDefaultsExtensions.Json),
            Traces.Current
        );
        if (await command.ExecuteNonQueryAsync(ct) == 1)
            signal.Pulse();
    }
}
