using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

/// <summary>Binds a live hold to the order of the same id and keeps it past the payment's deadline.</summary>
internal static class AttachToOrder
{
    /// <summary>No order may keep stock longer than this without asking again.</summary>
    private const int MaxLeaseSeconds = 24 * 3600;

    /// <summary>By so much a lease may be shorter than asked for: clocks differ, answers get lost and are asked for again.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <summary>Of a hold as <c>h</c>; one row an item.</summary>
    private const string Snapshot = """
        SELECT h.status, s.cancelled, s.requires_cpf, s.max_per_person, e.organizer_id, s.event_id, e.title, h.session_id, s.starts_at, e.venue_name,
            e.venue_city, e.time_zone, h.expires_at, i.ticket_type_id, i.name, i.kind, i.unit_price, i.currency,
            i.quantity, i.seats, i.fee, i.platform_fee
        FROM h JOIN hold_items i ON i.hold_id = h.id JOIN sessions s ON s.id = h.session_id
        JOIN events e ON e.id = s.event_id
        ORDER BY i.ordinal
        """;

    // One conditional update: whether the lease still runs is the database's to say. It is extended as if asked for
    // before the hold's own end at the latest, and not for an order that this would leave short: orders that are
    // tried and refused must not keep stock for ever. The order that has the hold already asks for no more.
    private const string Attach = $"""
        WITH h AS (
            UPDATE holds SET status = 'Ordered',
                expires_at = greatest(expires_at, least(now(), granted_until) + $3)
            WHERE id = $1 AND buyer_id = $2 AND status IN ('Held', 'Ordered') AND expires_at > now()
                AND greatest(expires_at, least(now(), granted_until) + $3) >= now() + $4
                AND (SELECT NOT cancelled AND (NOT requires_cpf OR holds.cpf_index = ANY ($5))
                    FROM sessions WHERE id = holds.session_id)
            RETURNING id, session_id, status, expires_at)
        {Snapshot}
        """;

    private const string Look = $"""
        WITH h AS (SELECT id, session_id, status, expires_at FROM holds WHERE id = $1 AND buyer_id = $2)
        {Snapshot}
        """;

    public static async Task<Ok<HoldSnapshot>> Handle(
        Guid holdId,
        AttachHold request,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        if (request.LeaseSeconds is < 1 or > MaxLeaseSeconds)
            throw ProblemException.Invalid("leaseSeconds", $"1 to {MaxLeaseSeconds} seconds.");
        var lease = TimeSpan.FromSeconds(request.LeaseSeconds);
        if (await AttachAsync() is { } attached)
            return TypedResults.Ok(attached.Hold);
        await using var look = source.CreateCommand(Look);
        look.Add(holdId, request.BuyerId);
        var found =
            await ReadAsync(look, holdId, request.BuyerId, ct)
            ?? throw new ProblemException(404, "hold-not-found", "The buyer has no such hold.");
        // A paid order that asks again is told the same.
        if (found.Status == HoldStatus.Committed)
            return TypedResults.Ok(found.Hold);
        if (found is { CpfLimit: { } limit, Cancelled: false, Status: HoldStatus.Held or HoldStatus.Ordered })
        {
            await NameAsync(holdId, request, limit, source, ct);
            if (await AttachAsync() is { } named)
                return TypedResults.Ok(named.Hold);
        }
        throw found.Cancelled
            ? Refusals.SaleNotOpen("cancelled", null)
            : ProblemException.Conflict("hold-expired", "The hold is over.");

        async Task<Attached?> AttachAsync()
        {
            await using var attach = source.CreateCommand(Attach);
            byte[][] indexes = [.. request.CpfIndexes ?? []];
            attach.Add(holdId, request.BuyerId, lease, lease - Grace, indexes);
            return await ReadAsync(attach, holdId, request.BuyerId, ct);
        }
    }

    /// <summary>Counts the hold towards its CPF's limit, under that CPF's lock.</summary>
    private static async Task NameAsync(
        Guid holdId,
        AttachHold request,
        int limit,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        if (request.CpfIndexes is not { Count: > 0 } indexes)
            throw ProblemException.Invalid("buyer.cpf", "Tickets of this session are sold by CPF: name the buyer's.");
        var left = await source.FirstAsync(
            "SELECT name_hold($1, $2, $3)",
            row => row.Nullable<int>(0),
            ct,
            holdId,
            request.BuyerId,
            indexes.ToArray()
        );
        if (left is { } rest)
            throw Refusals.PersonLimitReached(limit, rest);
    }

    /// <param name="CpfLimit">How many one CPF may have; null: the session asks for none.</param>
    private sealed record Attached(HoldSnapshot Hold, HoldStatus Status, bool Cancelled, int? CpfLimit);

    private static async Task<Attached?> ReadAsync(
        NpgsqlCommand command,
        Guid holdId,
        Guid buyerId,
        CancellationToken ct
    )
    {
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct))
            return null;
        var lines = new List<HoldLine>();
        var hold = new HoldSnapshot(
            holdId,
            buyerId,
            row.GetGuid(4),
            row.GetGuid(5),
            row.GetString(6),
            row.GetGuid(7),
            row.GetFieldValue<DateTimeOffset>(8),
            row.GetString(9),
            row.GetString(10),
            row.GetString(11),
            row.GetFieldValue<DateTimeOffset>(12),
            lines
        );
        var attached = new Attached(
            hold,
            Enum.Parse<HoldStatus>(row.GetString(0)),
            row.GetBoolean(1),
            row.GetBoolean(2) ? row.GetInt32(3) : null
        );
        do lines.Add(
            new(
                row.GetGuid(13),
                row.GetString(14),
                Enum.Parse<TicketKind>(row.GetString(15)),
                new(row.GetInt64(16), row.GetString(17)),
                row.GetInt32(18),
                row.GetFieldValue<string[]>(19),
                row.GetInt64(20),
                row.GetInt64(21)
            )
        );
        while (await row.ReadAsync(ct));
        return attached;
    }
}
