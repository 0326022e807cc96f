using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>
/// The money may be clawed back: the order's tickets do not open the door, those that are still to be issued included.
/// Nothing is void: they stay their owners', and the places sold. Again is harmless.
/// </summary>
internal static class BlockOrderTickets
{
    public static async Task<NoContent> Handle(
        Guid orderId,
        BlockTickets request,
        NpgsqlDataSource source,
        TicketMetrics metrics,
        CancellationToken ct
    )
    {
        if (request.Reason is not BlockReasons.PaymentDisputed)
            throw ProblemException.Invalid("reason", $"{BlockReasons.PaymentDisputed} is the only one.");
        await using var command = source.CreateCommand("SELECT block_tickets($1, $2)");
        command.Add(orderId, request.Reason);
        metrics.Blocked((int)(await command.ExecuteScalarAsync(ct))!);
        return TypedResults.NoContent();
    }
}
