using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.Admission;

namespace Ticketing.Tickets.Holds;

/// <summary>The order is paid: held becomes sold and the tickets are issued, in one transaction.</summary>
internal static class CommitHold
{
    private const int MaxNameLength = 200;

    /// <summary>A ticket number met twice is drawn again; more often than this is a fault.</summary>
    private const int MaxDraws = 3;

    public static async Task<Ok<IssuedTickets>> Handle(
        Guid holdId,
        Contracts.CommitHold request,
        TicketsDb db,
        TicketLinks links,
        AdmissionMetrics metrics,
        TimeProvider time,
        CancellationToken ct
    )
    {
        for (var draw = 1; ; draw++)
        {
            try
            {
                var (tickets, issued) = await db.InTransactionAsync(
                    token => CommitAsync(holdId, request, db, time.GetUtcNow(), token),
                    ct
                );
                metrics.Issued(issued);
                return TypedResults.Ok(await AnswerAsync(tickets, links, ct));
            }
            catch (DbUpdateException e) when (draw < MaxDraws && e.IsUniqueViolation("ix_tickets_number")) { }
        }
    }

    /// <returns>The order's tickets, and how many of them are new.</returns>
    private static async Task<(List<Ticket> Tickets, int Issued)> CommitAsync(
        Guid holdId,
        Contracts.CommitHold request,
        TicketsDb db,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var hold = await db.LockHoldAsync(holdId, ct);
        if (hold is null || hold.BuyerId != request.BuyerId)
            throw new ProblemException(404, "hold-not-found", "The buyer has no such hold.");
        if (hold.Status == HoldStatus.Committed)
            return (
                await db.Tickets.AsNoTracking().Where(t => t.OrderId == holdId).OrderBy(t => t.Ordinal).ToListAsync(ct),
                0
            );
        if (hold.Status is HoldStatus.Returned or HoldStatus.Voided)
            throw ProblemException.Conflict("hold-released", "The hold was given back for good.");

        var items = await db.ItemsOfAsync(holdId, ct);
        // A lease that is over but not swept yet still has its stock.
        var hasStock = hold.Status is HoldStatus.Held or HoldStatus.Ordered;
        var tickets = await IssueAsync(hold, items, request, db, now, ct);
        hold.Status = HoldStatus.Committed;
        if (!hasStock && !await db.SellFreeAsync(hold, items, ct))
            throw SoldOut();
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation("ux_tickets_seat"))
        {
            throw SoldOut();
        }
        if (hasStock)
            await db.SellHeldAsync(hold, items, ct);
        return (tickets, tickets.Count);
    }

    private static ProblemException SoldOut() =>
        ProblemException.Conflict("sold-out", "The hold was over and its stock is gone.");

    private static async Task<List<Ticket>> IssueAsync(
        Hold hold,
        IReadOnlyList<HoldItem> items,
        Contracts.CommitHold request,
        TicketsDb db,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var eventId = await db.Sessions.Where(s => s.Id == hold.SessionId).Select(s => s.EventId).SingleAsync(ct);
        var tickets = new List<Ticket>();
        foreach (var item in items)
        {
            for (var i = 0; i < item.Quantity; i++)
            {
                var name = request.Attendees.ElementAtOrDefault(tickets.Count)?.Name.Trim();
                var ticket = new Ticket
                {
                    Id = Guid.CreateVersion7(),
                    Number = TicketNumber.Draw(),
                    OrderId = hold.Id,
                    SessionId = hold.SessionId,
                    PoolId = item.PoolId,
                    Ordinal = tickets.Count,
                    TypeName = item.Name,
                    Kind = item.Kind,
                    SeatId = item.SeatIds.Length > 0 ? item.SeatIds[i] : null,
                    Seat = item.Seats.Length > 0 ? item.Seats[i] : null,
                    OwnerId = hold.BuyerId,
                    HolderName = Shortened(string.IsNullOrEmpty(name) ? request.BuyerName : name),
                    IssuedAt = now,
                };
                tickets.Add(ticket);
                db.Tickets.Add(ticket);
                db.Publish(new TicketIssued(ticket.Id, hold.Id, eventId, hold.SessionId, now));
            }
        }
        return tickets;
    }

    private static string Shortened(string name) => name.Length <= MaxNameLength ? name : name[..MaxNameLength];

    private static async Task<IssuedTickets> AnswerAsync(List<Ticket> tickets, TicketLinks links, CancellationToken ct)
    {
        var issued = new List<IssuedTicket>();
        foreach (var t in tickets)
            issued.Add(
                new(
                    t.Id,
                    t.Number,
                    t.TypeName,
                    t.Seat,
                    t.HolderName,
                    // As first issued: when the ticket has passed to somebody else, the link here is dead.
                    await links.PdfPathAsync(t.Id, Ticket.FirstSerial, ct)
                )
            );
        return new(issued);
    }
}
