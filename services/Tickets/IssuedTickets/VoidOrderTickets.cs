using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>The order is refunded: its tickets are void and the stock is on sale again. Final.</summary>
internal static class VoidOrderTickets
{
    public static async Task<NoContent> Handle(
        Guid orderId,
        VoidTickets request,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        await using var command = source.CreateCommand("SELECT void_tickets($1, $2)");
        command.Add(orderId, request.EvenIfUsed);
        if (await command.ExecuteScalarAsync(ct) is false)
            throw ProblemException.Conflict("ticket-used", "A ticket of the order was used.");
        return TypedResults.NoContent();
    }
}
