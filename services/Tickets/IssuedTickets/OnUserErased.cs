using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.Transfers;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>
/// The person's tickets stay good but no longer carry a name, nor do their documents. What they offered is withdrawn, and
/// who accepted an offer is an id.
/// </summary>
internal static class OnUserErased
{
    private const string Nobody = "–";

    public static Task Handle(UserErased message, TicketsDb db, CancellationToken ct) =>
        db.InTransactionAsync(
            async token =>
            {
                await ForgetAsync(message.UserId, message.At, db, token);
                return true;
            },
            ct
        );

    private static async Task ForgetAsync(Guid person, DateTimeOffset at, TicketsDb db, CancellationToken ct)
    {
        // An order that is being issued is waited for, and its tickets are seen below; one that comes later waits
        // for this. Before the person's turn, as whoever issues takes them.
        await db.Database.ExecuteSqlAsync(
            $"SELECT FROM holds WHERE buyer_id = {person} AND status IN ('Held', 'Ordered') ORDER BY id FOR NO KEY UPDATE",
            ct
        );
        await db.Database.ExecuteSqlAsync(
            $"SELECT FROM holds WHERE buyer_id = {person} AND status IN ('Expired', 'Released') ORDER BY id FOR NO KEY UPDATE",
            ct
        );
        // An acceptance that is under way is committed first, and seen below; or comes after, and sees this.
        await ErasedPerson.TakeTurnAsync(db, person, alone: true, ct);
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO erased_people (id) VALUES ({person}) ON CONFLICT DO NOTHING",
            ct
        );
        await db.Database.ExecuteSqlAsync(
            $"""
            -- By id, as everybody locks tickets.
            WITH nameless AS (
                UPDATE tickets t SET holder_name = {Nobody}, name_key = ''
                FROM (SELECT id FROM tickets WHERE owner_id = {person} AND holder_name <> {Nobody}
                    ORDER BY id FOR NO KEY UPDATE) o
                WHERE t.id = o.id RETURNING t.id)
            INSERT INTO stale_documents (ticket_id) SELECT id FROM nameless ORDER BY id
            ON CONFLICT (ticket_id) DO UPDATE SET due_at = now()
            """,
            ct
        );
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE tickets t SET cpf_index = NULL
            FROM (SELECT id FROM tickets WHERE buyer_id = {person} AND cpf_index IS NOT NULL AND status <> 'Voided'
                ORDER BY id FOR NO KEY UPDATE) o
            WHERE t.id = o.id
            """,
            ct
        );
        // After the tickets, as everybody.
        await db
            .Transfers.Where(t => t.FromId == person && t.Status == TransferStatus.Offered)
            .ExecuteUpdateAsync(
                u => u.SetProperty(t => t.Status, TransferStatus.Withdrawn).SetProperty(t => t.EndedAt, at),
                ct
            );
        await db
            .Transfers.Where(t => t.ToId == person)
            .ExecuteUpdateAsync(
                u => u.SetProperty(t => t.Email, (string?)null).SetProperty(t => t.Name, (string?)null),
                ct
            );
    }
}
