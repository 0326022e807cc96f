using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Ticketing.Notifications.Deliveries;

/// <summary>All that is kept about a person, for the archive that the person asks Users for.</summary>
internal static class ExportPerson
{
    private const int MaxMails = 10_000;

    public sealed record Response(IReadOnlyList<ExportedMail> Mails);

    /// <param name="Recipient">Null once it was forgotten, after a month.</param>
    public sealed record ExportedMail(
        MailKind Kind,
        Guid OrderId,
        string? Recipient,
        DeliveryState State,
        DateTimeOffset CreatedAt,
        DateTimeOffset? SentAt
    );

    public static async Task<Ok<Response>> Handle(Guid id, NotificationsDb db, CancellationToken ct) =>
        TypedResults.Ok(
            new Response(
                await db
                    .Deliveries.Where(d => d.PersonId == id)
                    .OrderByDescending(d => d.Id)
                    .Take(MaxMails)
                    .Select(d => new ExportedMail(d.Kind, d.OrderId, d.Recipient, d.State, d.CreatedAt, d.SentAt))
                    .ToListAsync(ct)
            )
        );
}
