using System.Security.Claims;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Transfers;

/// <summary>Who an offer concerns, and how its row is had.</summary>
internal static class TransferAccess
{
    /// <summary>The person's proven address; null: nothing is offered to who has none.</summary>
    public static async Task<string?> ProvenAddressAsync(this Peers peers, Guid person, CancellationToken ct) =>
        await peers.FindUserAsync(person, ct) is { EmailVerified: true } user ? user.Email : null;

    /// <summary>By the mail's key, or signed in with the very address that it was offered to, proven.</summary>
    public static async Task<bool> IsReceiverAsync(
        this Transfer transfer,
        string? key,
        ClaimsPrincipal user,
        TicketLinks links,
        Peers peers,
        CancellationToken ct
    ) =>
        (key is not null && await links.OpensTransferAsync(transfer.Id, key, ct))
        || (
            user.Identity?.IsAuthenticated == true
            && transfer.Email is { } offered
            && await peers.ProvenAddressAsync(user.UserId(), ct) == offered
        );

    /// <summary>With its ticket, session and event; not locked.</summary>
    public static Task<Transfer?> FindTransferAsync(
        this TicketsDb db,
        Guid ticketId,
        Guid transferId,
        CancellationToken ct
    ) =>
        db
            .Transfers.AsNoTracking()
            .Include(t => t.Ticket.Session.Event)
            .SingleOrDefaultAsync(t => t.Id == transferId && t.TicketId == ticketId, ct);

    /// <summary>In a transaction: the ticket's row, under which all its moves take turns, with session and event.</summary>
    public static async Task<Ticket?> LockTicketAsync(this TicketsDb db, Guid id, CancellationToken ct)
    {
        if (
            await db.Tickets.FromSql($"SELECT * FROM tickets WHERE id = {id} FOR NO KEY UPDATE").ToListAsync(ct)
            is not [var ticket]
        )
            return null;
        await db.Entry(ticket).Reference(t => t.Session).Query().Include(s => s.Event).LoadAsync(ct);
        return ticket;
    }

    /// <summary>In a transaction: the transfer as it is once its ticket is locked.</summary>
    /// <exception cref="ProblemException">404.</exception>
    public static async Task<Transfer> LockTransferAsync(
        this TicketsDb db,
        Guid ticketId,
        Guid transferId,
        CancellationToken ct
    )
    {
        await db.LockTicketAsync(ticketId, ct);
        return await db.Transfers.SingleOrDefaultAsync(t => t.Id == transferId && t.TicketId == ticketId, ct)
            ?? throw ProblemException.NotFound("transfer");
    }

    /// <summary>The database's clock decides what is over.</summary>
    public static Task<DateTimeOffset> NowAsync(this TicketsDb db, CancellationToken ct) =>
        db.Database.SqlQuery<DateTimeOffset>($"""SELECT now() AS "Value" """).SingleAsync(ct);

    /// <exception cref="ProblemException">409: the offer is over.</exception>
    public static void RefuseUnlessOpen(this Transfer transfer, DateTimeOffset now)
    {
        if (transfer.Status is TransferStatus.Offered && transfer.Ticket.Refusal() is { } refusal)
            throw refusal;
        if (transfer.StatusAt(now) is not TransferStatus.Offered and var status)
            throw Ended(status);
    }

    public static ProblemException Ended(TransferStatus status) =>
        new(409, "transfer-ended", "The offer is over.")
        {
            Extensions = { ["ended"] = JsonNamingPolicy.CamelCase.ConvertName($"{status}") },
        };
}
