using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.CheckIns;

/// <summary>
/// What doors admitted while they were without a network. Of several who admitted one ticket the earliest has it, of two at the
/// same moment the one with the smaller device id: in whatever order they come back, the row ends the same.
/// </summary>
internal static class MergeCheckIns
{
    private const int MaxScans = 300;
    public const int MaxDeviceLength = 40;

    /// <summary>Longer than a request waits, and than clocks differ.</summary>
    private static readonly TimeSpan SameScan = TimeSpan.FromSeconds(30);

    /// <param name="DeviceId">Of the door's own, the same at every call; what it admits online says it, too.</param>
    /// <param name="Scans">What it admitted, up to 300.</param>
    public sealed record Request(
        Guid SessionId,
        [Required, MinLength(1), MaxLength(MaxDeviceLength)] string DeviceId,
        [MinLength(1), MaxLength(MaxScans)] IReadOnlyList<Scan?> Scans
    );

    /// <param name="Code">What the QR code said; or number.</param>
    /// <param name="Number">What was typed; or code.</param>
    /// <param name="At">When it was admitted; what lies ahead counts as now.</param>
    public sealed record Scan(
        DateTimeOffset At,
        [Required, MinLength(1), MaxLength(CheckIn.MaxGateLength)] string Gate,
        [MaxLength(1_000)] string? Code = null,
        [MaxLength(20)] string? Number = null
    );

    /// <param name="Results">In the order of the scans.</param>
    internal sealed record Response(IReadOnlyList<Result> Results);

    /// <param name="UsedAt">Of whom the ticket counts for.</param>
    /// <param name="Conflict">Another door let the same ticket in: two people may be inside.</param>
    internal sealed record Result(
        Guid? TicketId,
        Verdict Verdict,
        DateTimeOffset? UsedAt,
        string? Gate,
        Admission? Conflict
    );

    internal sealed record Admission(DateTimeOffset At, string? Gate, string? DeviceId);

    internal enum Verdict
    {
        Admitted,
        AlreadyUsed,
        Voided,
        Blocked,
        Unknown,
    }

    /// <summary>Tell what a door admitted without a network.</summary>
    /// <remarks>
    /// For the organizer's team with the role door, manager or owner. Again with the same scans: the same answers. Per scan
    /// <c>admitted</c>; <c>alreadyUsed</c> with whom it counts for; <c>voided</c>; <c>blocked</c>; or <c>unknown</c>, no ticket of
    /// this session. Where two doors admitted one ticket, <c>conflict</c> is the other one, for who tells it after the other one
    /// did; told again, its gate may be null. The audit log has a line for each scan of a ticket that does not count, however
    /// often it is told.
    /// </remarks>
    /// <response code="404">No such session of an organizer whose door you keep.</response>
    public static async Task<Ok<Response>> Handle(
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        TicketsDb db,
        TicketSigner signer,
        TicketMetrics metrics,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var organizer = await db.RequireDoorAsync(user, request.SessionId, ct);
        var claims = await ReadAsync(request, db, signer, time.GetUtcNow().ToStored(), ct);
        var results = await db.InTransactionAsync(
            async token =>
            {
                var rows = await MergeAsync(db, request, claims, token);
                var found = claims.Select(claim => Decide(claim, rows, request.DeviceId)).ToList();
                var lost = found
                    .Where(f => f.Lost is not null)
                    .DistinctBy(f => f.Lost)
                    .ToDictionary(f => f.Lost!, f => f.Result.Verdict);
                foreach (var scan in await NoteAsync(db, [.. lost.Keys], token))
                    db.Record(actor.Did(ActOf(lost[scan]), organizer, scan.TicketId));
                return found.ConvertAll(r => r.Result);
            },
            ct
        );
        foreach (var result in results)
            metrics.CheckedIn(OutcomeOf(result.Verdict));
        return TypedResults.Ok(new Response(results));
    }

    /// <summary>As a scan that is told at once.</summary>
    private static string OutcomeOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Admitted => "admitted",
            Verdict.AlreadyUsed => "already-used",
            Verdict.Voided => "voided",
            Verdict.Blocked => "ticket-blocked",
            _ => "not-found",
        };

    /// <summary>What happened: somebody is inside with a ticket that does not let them in.</summary>
    private static string ActOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Voided => "ticket.admitted-voided",
            Verdict.Blocked => "ticket.admitted-blocked",
            _ => "ticket.admitted-twice",
        };

    /// <summary>A scan as far as it names a ticket; serial 0: typed, so of whichever code.</summary>
    private sealed record Claim(Guid? TicketId, int Serial, DateTimeOffset At, string Gate);

    private static async Task<List<Claim>> ReadAsync(
        Request request,
        TicketsDb db,
        TicketSigner signer,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var typed = request
            .Scans.Where(s => s?.Number is not null)
            .Select(s => TicketNumber.Of(s!.Number!))
            .Distinct()
            .ToList();
        var numbers =
            typed.Count == 0
                ? []
                : await db
                    .Tickets.Where(t => typed.Contains(t.Number) && t.SessionId == request.SessionId)
                    .ToDictionaryAsync(t => t.Number, t => t.Id, ct);
        var claims = new List<Claim>();
        for (var i = 0; i < request.Scans.Count; i++)
        {
            var scan = request.Scans[i] ?? throw ProblemException.Invalid($"scans[{i}]", "Not null.");
            if (scan.Code is null == scan.Number is null)
                throw ProblemException.Invalid($"scans[{i}].code", "Give either code or number.");
            var at = scan.At < now ? scan.At.ToStored() : now;
            if (scan.Number is { } number)
            {
                claims.Add(
                    numbers.TryGetValue(TicketNumber.Of(number), out var id)
                        ? new(id, 0, at, scan.Gate)
                        : new(null, 0, at, scan.Gate)
                );
                continue;
            }
            var code = await signer.VerifyAsync(scan.Code!.Trim(), ct);
            claims.Add(
                code is not null && code.SessionId == request.SessionId
                    ? new(code.TicketId, code.Serial, at, scan.Gate)
                    : new(null, 0, at, scan.Gate)
            );
        }
        return claims;
    }

    /// <param name="Was">Before this batch.</param>
    /// <param name="Known">The earliest of other devices that are known to have let it in, too; by which gate is not.</param>
    private sealed record Row(
        Guid Id,
        int Serial,
        string Status,
        bool Blocked,
        Admission? Was,
        bool Moved,
        DateTimeOffset? UsedAt,
        string? Gate,
        string? DeviceId,
        Admission? Known
    );

    /// <summary>
    /// One statement: locks the tickets by id, as everybody does, and gives each to the earliest of its scans if that is earlier
    /// than who has it.
    /// </summary>
    private const string Merge = """
        WITH best AS (
            SELECT DISTINCT ON (s.ticket_id) s.*
            FROM unnest(@tickets, @serials, @ats, @gates) AS s(ticket_id, serial, at, gate)
            JOIN tickets t ON t.id = s.ticket_id AND t.session_id = @session AND s.serial IN (0, t.serial)
            ORDER BY s.ticket_id, s.at),
        locked AS (
            SELECT t.id, t.serial, t.status, t.block_reason, t.used_at, t.gate, t.used_device
            FROM tickets t WHERE t.id = ANY(@tickets) AND t.session_id = @session
            ORDER BY t.id FOR UPDATE),
        moved AS (
            UPDATE tickets SET status = 'Used', used_at = b.at, gate = b.gate, used_device = @device
            FROM locked l JOIN best b ON b.ticket_id = l.id
            WHERE tickets.id = l.id AND b.serial IN (0, l.serial)
                AND (l.status = 'Valid' AND l.block_reason IS NULL
                    OR l.status = 'Used' AND (b.at, @device COLLATE "C") < (l.used_at, coalesce(l.used_device, '') COLLATE "C"))
            RETURNING tickets.id, tickets.used_at, tickets.gate),
        due AS (
            UPDATE transfers f SET due_at = now() FROM moved u WHERE f.ticket_id = u.id AND f.status = 'Offered')
        SELECT l.id, l.serial, l.status, l.block_reason IS NOT NULL, l.used_at, l.gate, l.used_device, m.id IS NOT NULL,
            coalesce(m.used_at, l.used_at), coalesce(m.gate, l.gate), k.at, k.device
        FROM locked l LEFT JOIN moved m ON m.id = l.id
        LEFT JOIN LATERAL (
            SELECT d.at, nullif(d.device, '') AS device FROM double_admissions d
            WHERE d.ticket_id = l.id AND d.device <> @device ORDER BY d.at, d.device LIMIT 1) k ON true
        """;

    private static async Task<Dictionary<Guid, Row>> MergeAsync(
        TicketsDb db,
        Request request,
        IReadOnlyList<Claim> claims,
        CancellationToken ct
    )
    {
        var known = claims.Where(c => c.TicketId is not null).ToList();
        var rows = new Dictionary<Guid, Row>();
        if (known.Count == 0)
            return rows;
        await using var command = ((NpgsqlConnection)db.Database.GetDbConnection()).CreateCommand();
        command.CommandText = Merge;
        command.Parameters.AddWithValue("tickets", known.Select(c => c.TicketId!.Value).ToArray());
        command.Parameters.AddWithValue("serials", known.Select(c => c.Serial).ToArray());
        command.Parameters.AddWithValue("ats", known.Select(c => c.At).ToArray());
        command.Parameters.AddWithValue("gates", known.Select(c => c.Gate).ToArray());
        command.Parameters.AddWithValue("session", request.SessionId);
        command.Parameters.AddWithValue("device", request.DeviceId);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var moved = reader.GetBoolean(7);
            var was = reader.IsDBNull(4)
                ? null
                : new Admission(reader.GetFieldValue<DateTimeOffset>(4), Text(5), Text(6));
            rows[reader.GetGuid(0)] = new(
                reader.GetGuid(0),
                reader.GetInt32(1),
                reader.GetString(2),
                reader.GetBoolean(3),
                was,
                moved,
                reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8),
                Text(9),
                moved ? request.DeviceId : Text(6),
                reader.IsDBNull(10) ? null : new(reader.GetFieldValue<DateTimeOffset>(10), null, Text(11))
            );
        }
        return rows;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <returns>Those that were not known before.</returns>
    private static Task<List<DoubleAdmission>> NoteAsync(TicketsDb db, DoubleAdmission[] lost, CancellationToken ct) =>
        lost.Length == 0
            ? Task.FromResult(new List<DoubleAdmission>())
            : db.Set<DoubleAdmission>()
                .FromSql(
                    $"""
                    INSERT INTO double_admissions (ticket_id, device, at)
                    SELECT * FROM unnest({lost.Select(l => l.TicketId).ToArray()},
                        {lost.Select(l => l.Device).ToArray()}, {lost.Select(l => l.At).ToArray()})
                    ORDER BY 1, 2, 3
                    ON CONFLICT DO NOTHING
                    RETURNING ticket_id, device, at
                    """
                )
                .AsNoTracking()
                .ToListAsync(ct);

    /// <returns>What the door is told, and the scan that let somebody in and does not count.</returns>
    private static (Result Result, DoubleAdmission? Lost) Decide(
        Claim claim,
        IReadOnlyDictionary<Guid, Row> rows,
        string deviceId
    )
    {
        if (claim.TicketId is not { } id || !rows.TryGetValue(id, out var row))
            return (new(null, Verdict.Unknown, null, null, null), null);
        if (row.Status == nameof(TicketStatus.Voided) || claim.Serial is not 0 && claim.Serial != row.Serial)
            return (new(id, Verdict.Voided, null, null, null), new DoubleAdmission(id, deviceId, claim.At));
        if (row is { Blocked: true, Was: null })
            return (new(id, Verdict.Blocked, null, null, null), new DoubleAdmission(id, deviceId, claim.At));
        var holder = new Admission(row.UsedAt ?? claim.At, row.Gate, row.DeviceId);
        if (!IsOne(holder, claim, deviceId))
            return (
                new(id, Verdict.AlreadyUsed, row.UsedAt, row.Gate, holder),
                new DoubleAdmission(id, deviceId, claim.At)
            );
        // Whoever had it before this batch.
        var other = row.Moved && row.Was is { } was && !IsOne(was, claim, deviceId) ? was : null;
        return (
            new(id, Verdict.Admitted, row.UsedAt, row.Gate, other ?? row.Known),
            other is null ? null : new DoubleAdmission(id, other.DeviceId ?? "", other.At)
        );
    }

    /// <summary>
    /// One device lets a ticket in once within moments: the answer to its own request was lost, and it told that again. Who does
    /// not say its device online is told apart by the gate alone.
    /// </summary>
    private static bool IsOne(Admission admission, Claim claim, string deviceId) =>
        (admission.DeviceId is { } device ? device == deviceId : admission.Gate == claim.Gate)
        && (admission.At - claim.At).Duration() <= SameScan;
}

/// <summary>
/// A scan that let somebody in with a ticket that another door has, or that lets nobody in: the log is told of each once.
/// </summary>
/// <param name="Device">Empty: admitted with a network, by who does not say its device.</param>
internal sealed record DoubleAdmission(Guid TicketId, string Device, DateTimeOffset At)
{
    private sealed class Mapping : IEntityTypeConfiguration<DoubleAdmission>
    {
        public void Configure(EntityTypeBuilder<DoubleAdmission> builder)
        {
            builder.ToTable("double_admissions");
            builder.HasKey(d => new
            {
                d.TicketId,
                d.Device,
                d.At,
            });
            builder.Property(d => d.Device).HasMaxLength(MergeCheckIns.MaxDeviceLength);
        }
    }
}
