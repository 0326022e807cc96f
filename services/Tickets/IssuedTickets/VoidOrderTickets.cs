using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>The order is refunded, or some tickets of it: they are void and the stock is on sale again. Final, in one statement (void_tickets).</summary>
internal static class VoidOrderTickets
{
    public static async Task<NoContent> Handle(
        Guid orderId,
        VoidTickets request,
        NpgsqlDataSource source,
        OutboxSignal outbox,
        CancellationToken ct
    )
    {
        await using var command = source.CreateCommand("SELECT void_tickets($1, $2, $3, $4, $5, $6)");
        command.Add(orderId, request.EvenIfUsed, request.EvenIfTransferred, request.Reason, Traces.Current);
        command.Add(request.TicketIds?.ToArray());
        if (await command.ExecuteScalarAsync(ct) is string refusal)
            throw ProblemException.Conflict(
                refusal,
                refusal is "ticket-used"
                    ? "A ticket of the order was used."
                    : "A ticket of the order is another person's now."
            );
        outbox.Pulse();
        return TypedResults.NoContent();
    }
}
