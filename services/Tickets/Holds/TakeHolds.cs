using Npgsql;
using NpgsqlTypes;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

/// <summary>
/// The call of take_holds: one prepared statement on a connection of its own, arrays as parameters. No EF Core here.
/// </summary>
internal sealed class TakeHolds(NpgsqlDataSource source, int holdSeconds) : IAsyncDisposable
{
    private const int TimeoutSeconds = 5;

    private NpgsqlConnection? connection;
    private NpgsqlCommand? command;

    /// <summary>Decides the batch; each request is answered after the commit.</summary>
    public async Task ExecuteAsync(List<PendingHold> batch)
    {
        try
        {
            var prepared = command ??= await PrepareAsync();
            Fill(prepared.Parameters, batch);
            var decisions = new HoldDecision[batch.Count];
            await using (var reader = await prepared.ExecuteReaderAsync())
                await ReadAsync(reader, batch, decisions);
            // Disposing the reader read the server's end of the statement: it is committed.
            for (var i = 0; i < batch.Count; i++)
                batch[i].Decide(decisions[i]);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task<NpgsqlCommand> PrepareAsync()
    {
        connection = await source.OpenConnectionAsync();
        var created = new NpgsqlCommand(
            "SELECT * FROM take_holds($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            connection
        )
        {
            CommandTimeout = TimeoutSeconds,
        };
        created.Add(holdSeconds, HoldLimits.MaxLiveHolds, HoldLimits.MaxUnpaidPlaces);
        created.Add(HoldLimits.MaxLapsedHolds, HoldLimits.LapseSeconds);
        // Filled anew for each batch, with lists as they are.
        foreach (
            var type in (ReadOnlySpan<NpgsqlDbType>)
                [
                    NpgsqlDbType.Uuid,
                    NpgsqlDbType.Uuid,
                    NpgsqlDbType.Uuid,
                    NpgsqlDbType.Text,
                    NpgsqlDbType.Bytea,
                    NpgsqlDbType.Integer,
                    NpgsqlDbType.Uuid,
                    NpgsqlDbType.Integer,
                    NpgsqlDbType.Boolean,
                    NpgsqlDbType.Integer,
                    NpgsqlDbType.Uuid,
                ]
        )
            created.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type });
        await created.PrepareAsync();
        return created;
    }

    private static void Fill(NpgsqlParameterCollection parameters, List<PendingHold> batch)
    {
        var (itemRequests, itemTypes) = (new List<int>(), new List<Guid>());
        var (quantities, seated) = (new List<int>(), new List<bool>());
        var (seatItems, seats) = (new List<int>(), new List<Guid>());
        for (var i = 0; i < batch.Count; i++)
        {
            foreach (var item in batch[i].Request.Items)
            {
                itemRequests.Add(i + 1);
                itemTypes.Add(item.TicketTypeId);
                quantities.Add(item.Quantity ?? item.SeatIds!.Count);
                seated.Add(item.SeatIds is not null);
                foreach (var seat in item.SeatIds ?? [])
                {
                    seatItems.Add(itemRequests.Count);
                    seats.Add(seat);
                }
            }
        }
        parameters[5].Value = batch.Select(p => p.Id).ToArray();
        parameters[6].Value = batch.Select(p => p.BuyerId).ToArray();
        parameters[7].Value = batch.Select(p => p.Request.SessionId).ToArray();
        parameters[8].Value = batch.Select(p => p.Key).ToArray();
        parameters[9].Value = batch.Select(p => p.Hash).ToArray();
        parameters[10].Value = itemRequests;
        parameters[11].Value = itemTypes;
        parameters[12].Value = quantities;
        parameters[13].Value = seated;
        parameters[14].Value = seatItems;
        parameters[15].Value = seats;
    }

    private static async Task ReadAsync(NpgsqlDataReader reader, List<PendingHold> batch, HoldDecision[] decisions)
    {
        var items = new List<HoldItemView>();
        // Items of the whole batch are numbered through; a client counts its own from 0.
        var (current, firstItem) = (0, 1);
        while (await reader.ReadAsync())
        {
            var request = reader.GetInt32(0);
            for (; current < request; current++)
                firstItem += current == 0 ? 0 : batch[current - 1].Request.Items.Count;
            var pending = batch[request - 1];
            int? item = reader.IsDBNull(2) ? null : reader.GetInt32(2) - firstItem;
            if (reader.GetString(1) != "granted")
            {
                decisions[request - 1] = Refused(reader, item);
                continue;
            }
            items.Add(ReadItem(reader, pending.Request.Items[item!.Value]));
            if (items.Count < pending.Request.Items.Count)
                continue;
            decisions[request - 1] = new(
                new HoldView(
                    pending.Id,
                    pending.Request.SessionId,
                    HoldStatus.Held,
                    reader.GetFieldValue<DateTimeOffset>(4),
                    items
                )
            );
            items = [];
        }
    }

    private static HoldItemView ReadItem(NpgsqlDataReader reader, CreateHold.Item item)
    {
        IReadOnlyList<HeldSeat> seats = reader.IsDBNull(11)
            ? []
            :
            [
                .. reader
                    .GetFieldValue<Guid[]>(11)
                    .Zip(reader.GetFieldValue<string[]>(12), (id, label) => new HeldSeat(id, label)),
            ];
        return new(
            item.TicketTypeId,
            reader.GetString(7),
            Enum.Parse<TicketKind>(reader.GetString(8)),
            new(reader.GetInt64(9), reader.GetString(10)),
            new(reader.GetInt64(13), reader.GetString(10)),
            item.Quantity ?? seats.Count,
            seats
        );
    }

    private static HoldDecision Refused(NpgsqlDataReader reader, int? item)
    {
        var outcome = reader.GetString(1);
        return outcome switch
        {
            "replayed" => new(ReplayOf: reader.GetGuid(3)),
            "seats-taken" => new(Refusal: Refusals.SeatsTaken(reader.GetFieldValue<Guid[]>(11))),
            "sold-out" => new(Refusal: Refusals.SoldOut(item)),
            "not-yet-open" => new(Refusal: Refusals.SaleNotOpen(outcome, reader.GetDateTime(4))),
            "closed" or "cancelled" => new(Refusal: Refusals.SaleNotOpen(outcome, null)),
            "over-type-limit" => new(
                Refusal: Refusals.LimitReached($"At most {reader.GetInt32(5)} of this ticket type.", reader.GetInt32(5))
            ),
            "over-hold-limit" => new(
                Refusal: Refusals.HoldsLimitReached(
                    "You have other tickets of this session on hold: order or return them first.",
                    reader.GetInt32(5)
                )
            ),
            "over-unpaid-limit" => new(
                Refusal: Refusals.HoldsLimitReached(
                    $"At most {reader.GetInt32(5)} tickets on hold of all sessions: order or return some first.",
                    reader.GetInt32(5)
                )
            ),
            "over-person-limit" => new(Refusal: Refusals.PersonLimitReached(reader.GetInt32(5), reader.GetInt32(6))),
            "too-many-lapsed" => new(Refusal: Refusals.TooManyLapsedHolds(reader.GetInt32(6))),
            _ => new(Refusal: Malformed(outcome, item)),
        };
    }

    private static ProblemException Malformed(string outcome, int? item) =>
        outcome switch
        {
            "key-reused" => ProblemException.Invalid(Idempotency.Header, "This key was used with another request."),
            "unknown-session" => ProblemException.Invalid("sessionId", "No such session."),
            "unknown-type" => ProblemException.Invalid(
                $"items[{item}].ticketTypeId",
                "The session has no such ticket type."
            ),
            "needs-seats" => ProblemException.Invalid(
                $"items[{item}].seatIds",
                "This ticket type is seated: choose seats."
            ),
            "has-no-seats" => ProblemException.Invalid(
                $"items[{item}].seatIds",
                "This ticket type has no seats: say a quantity."
            ),
            "unknown-seat" => ProblemException.Invalid(
                $"items[{item}].seatIds",
                "Not all of these are seats of this ticket type."
            ),
            _ => throw new InvalidOperationException($"take_holds answered {outcome}."),
        };

    public async ValueTask DisposeAsync()
    {
        if (command is not null)
            await command.DisposeAsync();
        if (connection is not null)
            await connection.DisposeAsync();
        (command, connection) = (null, null);
    }
}
