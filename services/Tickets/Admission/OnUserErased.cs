using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Tickets.Documents;

namespace Ticketing.Tickets.Admission;

/// <summary>The person's tickets stay good but no longer carry a name, nor do their documents.</summary>
internal static class OnUserErased
{
    private const string Nobody = "–";

    public static async Task Handle(UserErased message, TicketsDb db, TicketDocuments documents, CancellationToken ct)
    {
        var tickets = await db
            .Tickets.AsNoTracking()
            .Include(t => t.Session.Event)
            .Where(t => t.OwnerId == message.UserId)
            .ToListAsync(ct);
        await db
            .Tickets.Where(t => t.OwnerId == message.UserId)
            .ExecuteUpdateAsync(u => u.SetProperty(t => t.HolderName, Nobody), ct);
        foreach (var ticket in tickets)
            await documents.DeleteAsync(ticket, ct);
    }
}
