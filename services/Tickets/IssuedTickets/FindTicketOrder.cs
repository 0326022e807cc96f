using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

internal static class FindTicketOrder
{
    public static async Task<Ok<TicketOrder>> Handle(
        [MaxLength(TicketNumber.Length)] string number,
        TicketsDb db,
        CancellationToken ct
    ) =>
        TypedResults.Ok(
            await db
                .Tickets.Where(t => t.Number == number)
                .Select(t => new TicketOrder(t.OrderId))
                .SingleOrDefaultAsync(ct)
                ?? throw ProblemException.NotFound("ticket")
        );
}
