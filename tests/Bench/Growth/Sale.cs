using Npgsql;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Growth;

/// <summary>One order of the fill with what belongs to it; the corpus asks for these.</summary>
/// <param name="SeatedSessionId">Of another event, whose seats are numbered.</param>
/// <param name="OwnerId">Of the organizer; <paramref name="DoorId"/> is its door operator.</param>
internal sealed record Sale(
    Guid OrderId,
    string OrderNumber,
    Guid BuyerId,
    Guid EventId,
    string Slug,
    Guid SessionId,
    Guid OrganizerId,
    Guid OwnerId,
    Guid DoorId,
    Guid VenueId,
    Guid TicketTypeId,
    Guid TicketId,
    Guid HoldId,
    Guid ProductId,
    Guid CouponId,
    Guid SeatMapId,
    Guid SeatedSessionId
)
{
    /// <summary>Of the last thousand of so many orders.</summary>
    public static async Task<Sale> FindAsync(PostgresCluster cluster, int orders, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionStringFor("orders"));
        await using var command = source.CreateCommand("SELECT buyer_id, event_id, number FROM orders WHERE id = $1");
        command.Parameters.Add(new());
        // Of 20, the 12th is fulfilled and has a product; of 25 events, one has numbered seats.
        var (number, order, buyer, show, printed, e) = (orders + 12L, Guid.Empty, Guid.Empty, Guid.Empty, "", 0L);
        while (e % 25 == 0)
        {
            number -= 20;
            order = Filling.Id(1, number);
            command.Parameters[0].Value = order;
            await using var row = await command.ExecuteReaderAsync(ct);
            await row.ReadAsync(ct);
            (buyer, show, printed) = (row.GetGuid(0), row.GetGuid(1), row.GetString(2));
            // The number is in the last digits of an id of the fill.
            e = Convert.ToInt64(show.ToString("N")[20..], 16);
        }
        var o = ((e - 1) / 8) + 1;
        var seated = ((e - 1) / 25 * 25) + (e > 25 ? 0 : 25);
        return new(
            order,
            printed,
            buyer,
            show,
            $"show-{e}",
            Filling.Id(4, e),
            Filling.Id(10, o),
            Filling.Id(2, 2 * o),
            Filling.Id(2, (2 * o) + 1),
            Filling.Id(11, ((e - 1) / 4) + 1),
            Filling.Id(6, 2 * e),
            Filling.Id(7, 2 * number),
            order,
            Filling.Id(15, e),
            Filling.Id(16, e),
            Filling.Id(13, seated),
            Filling.Id(4, seated)
        );
    }
}
