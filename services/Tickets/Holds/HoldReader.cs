using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

/// <summary>Reads holds by the database's clock: a lease that is over counts as expired before the sweeper comes.</summary>
internal sealed class HoldReader(NpgsqlDataSource source)
{
    /// <summary>Null when there is none of this buyer.</summary>
    public Task<HoldDetails?> FindAsync(Guid id, Guid buyerId, CancellationToken ct) =>
        ReadAsync(
            """
            CASE WHEN h.status IN ('Held', 'Ordered') AND h.expires_at < now() THEN 'Expired' ELSE h.status END,
            h.expires_at
            """,
            id,
            buyerId,
            ct
        );

    /// <summary>What was answered when the hold was made.</summary>
    public async Task<HoldView> FirstAnswerAsync(Guid id, CancellationToken ct)
    {
        var hold =
            await ReadAsync("'Held', h.granted_until", id, null, ct)
            ?? throw new InvalidOperationException($"Hold {id} is gone.");
        return new(hold.Id, hold.SessionId, hold.Status, hold.ExpiresAt, hold.Items);
    }

    private async Task<HoldDetails?> ReadAsync(string state, Guid id, Guid? buyerId, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"""
            SELECT h.session_id, {state}, i.ticket_type_id, i.name, i.kind, i.unit_price, i.currency, i.quantity,
                i.seat_ids, i.seats, i.fee, s.event_id, e.title, e.venue_name, e.venue_city, e.time_zone, s.starts_at,
                s.max_per_person, s.requires_cpf, e.accent_color
            FROM holds h JOIN hold_items i ON i.hold_id = h.id
            JOIN sessions s ON s.id = h.session_id JOIN events e ON e.id = s.event_id
            WHERE h.id = $1 AND ($2 IS NULL OR h.buyer_id = $2)
            ORDER BY i.ordinal
            """
        );
        command.Add(id, buyerId);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var items = new List<HoldItemView>();
        HoldDetails? hold = null;
        while (await reader.ReadAsync(ct))
        {
            hold ??= new(
                id,
                reader.GetGuid(0),
                Enum.Parse<HoldStatus>(reader.GetString(1)),
                reader.GetFieldValue<DateTimeOffset>(2),
                items,
                new(
                    reader.GetGuid(12),
                    reader.GetString(13),
                    reader.GetString(14),
                    reader.GetString(15),
                    reader.GetString(16),
                    reader.GetFieldValue<DateTimeOffset>(17),
                    reader.GetInt32(18),
                    reader.GetBoolean(19),
                    reader.IsDBNull(20) ? null : reader.GetString(20)
                )
            );
            items.Add(
                new(
                    reader.GetGuid(3),
                    reader.GetString(4),
                    Enum.Parse<TicketKind>(reader.GetString(5)),
                    new Money(reader.GetInt64(6), reader.GetString(7)),
                    new Money(reader.GetInt64(11), reader.GetString(7)),
                    reader.GetInt32(8),
                    [
                        .. reader
                            .GetFieldValue<Guid[]>(9)
                            .Zip(reader.GetFieldValue<string[]>(10), (seat, label) => new HeldSeat(seat, label)),
                    ]
                )
            );
        }
        return hold;
    }
}
