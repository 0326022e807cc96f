using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Documents;

/// <summary>Renders and stores an order's PDFs, before the mail that links to them. Again is harmless.</summary>
internal static class RenderDocuments
{
    public static async Task<NoContent> Handle(
        Guid orderId,
        TicketsDb db,
        TicketDocuments documents,
        CancellationToken ct
    )
    {
        var tickets = await db
            .Tickets.AsNoTracking()
            .Include(t => t.Session.Event)
            .Where(t => t.OrderId == orderId)
            .ToListAsync(ct);
        if (tickets.Count == 0)
            throw ProblemException.NotFound("issued order");
        await Task.WhenAll(
            tickets.Where(t => t.Status != TicketStatus.Voided).Select(t => documents.RenderAndStoreAsync(t, ct))
        );
        return TypedResults.NoContent();
    }
}
