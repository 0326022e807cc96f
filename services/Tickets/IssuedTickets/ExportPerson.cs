using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Tickets.Transfers;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>All that is kept about a person, for the archive that the person asks Users for.</summary>
internal static class ExportPerson
{
    private const int MaxRows = 10_000;

    public sealed record Response(IReadOnlyList<ExportedTicket> Tickets, IReadOnlyList<ExportedTransfer> Transfers);

    /// <param name="Yours">False: bought, and passed on; whose it is now is not told.</param>
    public sealed record ExportedTicket(
        Guid Id,
        string Number,
        string EventTitle,
        DateTimeOffset StartsAt,
        string TypeName,
        string? Seat,
        bool Yours,
        string? HolderName,
        TicketStatus Status,
        DateTimeOffset IssuedAt,
        DateTimeOffset? UsedAt,
        string? Gate
    );

    /// <param name="Email">The address that the person offered a ticket to, or was offered one at.</param>
    public sealed record ExportedTransfer(
        Guid Id,
        Guid TicketId,
        bool ByYou,
        string? Email,
        string? Name,
        TransferStatus Status,
        DateTimeOffset OfferedAt,
        DateTimeOffset? EndedAt
    );

    public static async Task<Ok<Response>> Handle(Guid id, TicketsDb db, CancellationToken ct)
    {
        var owned = await OfAsync(db.Tickets.Where(t => t.OwnerId == id), id, ct);
        // By the offers, which know their offerer: no index has a buyer's tickets of all sessions.
        var given = db
            .Transfers.Where(t => t.FromId == id && t.Status == TransferStatus.Accepted)
            .OrderByDescending(t => t.Id)
            .Take(MaxRows)
            .Select(t => t.TicketId);
        var ids = await given.Distinct().ToListAsync(ct);
        var passedOn = await OfAsync(
            db.Tickets.Where(t => ids.Contains(t.Id) && t.BuyerId == id && t.OwnerId != id),
            id,
            ct
        );
        var transfers = await db
            .Transfers.Where(t => t.FromId == id || t.ToId == id)
            .OrderByDescending(t => t.Id)
            .Take(MaxRows)
            .Select(t => new ExportedTransfer(
                t.Id,
                t.TicketId,
                t.FromId == id,
                t.Email,
                t.Name,
                t.Status,
                t.OfferedAt,
                t.EndedAt
            ))
            .ToListAsync(ct);
        return TypedResults.Ok(new Response([.. owned, .. passedOn], transfers));
    }

    private static Task<List<ExportedTicket>> OfAsync(IQueryable<Ticket> tickets, Guid id, CancellationToken ct) =>
        tickets
            .OrderByDescending(t => t.Id)
            .Take(MaxRows)
            .Select(t => new ExportedTicket(
                t.Id,
                t.Number,
                t.Session.Event.Title,
                t.Session.StartsAt,
                t.TypeName,
                t.Seat,
                t.OwnerId == id,
                t.OwnerId == id ? t.HolderName : null,
                t.Status,
                t.IssuedAt,
                t.OwnerId == id ? t.UsedAt : null,
                t.OwnerId == id ? t.Gate : null
            ))
            .ToListAsync(ct);
}
