using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>
/// The money may be clawed back: the order's tickets do not open the door, those that are still to be issued included.
/// Nothing is void: they stay their owners', and the places sold.
/// </summary>
internal static class OnPaymentDisputed
{
    public static async Task Handle(
        PaymentDisputed message,
        NpgsqlDataSource source,
        TicketMetrics metrics,
        CancellationToken ct
    )
    {
        await using var command = source.CreateCommand("SELECT block_tickets($1, $2)");
        command.Add(message.OrderId, BlockReasons.PaymentDisputed);
        metrics.Blocked((int)(await command.ExecuteScalarAsync(ct))!);
    }
}
