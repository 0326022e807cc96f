using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.CheckIns;

/// <summary>Who comes, for people at a desk: a page of what the door's list has.</summary>
internal static class ListAttendees
{
    private const int MaxSearchLength = 100;
    private const int MaxTypeLength = 80;

    /// <summary>As far as types are put in order: a cursor holds one.</summary>
    private const int KeyLength = 40;

    /// <param name="OrderId">That it was bought with, whoever has it now.</param>
    /// <param name="Name">The holder's first name, as the door has it.</param>
    /// <param name="Status">valid, used, voided or blocked.</param>
    /// <param name="UsedAt">When it was admitted, and by which gate.</param>
    internal sealed record Attendee(
        Guid Id,
        Guid OrderId,
        string Number,
        string Name,
        string Type,
        TicketKind Kind,
        string? Seat,
        GetCheckInList.ListedStatus Status,
        DateTimeOffset? UsedAt,
        string? Gate
    );

    private const string FirstName = "split_part(t.holder_name, ' ', 1)";

    private const string Status = """
        CASE WHEN t.status = 'Voided' THEN 'Voided' WHEN t.status = 'Used' THEN 'Used'
            WHEN t.block_reason IS NOT NULL THEN 'Blocked' ELSE 'Valid' END
        """;

    /// <summary>SQL: without marks, in lower case; of names, each ticket has it.</summary>
    private static string Folded(string text) =>
        $@"lower(regexp_replace(normalize({text}, NFKD), '[\u0300-\u036f]', '', 'g'))";

    /// <summary>SQL: what a list is ordered by, as text; who has none comes last.</summary>
    private static string KeyOf(string sort, bool descending)
    {
        var none = descending ? "''" : "'~'";
        return sort switch
        {
            "number" => "t.number",
            "type" => $"left({Folded("t.type_name")}, {KeyLength})",
            "seat" => $"""
                coalesce((SELECT lpad(s.ordinal::text, 10, '0') FROM seats s
                    WHERE s.session_id = t.session_id AND s.seat_id = t.seat_id), {none})
                """,
            "admitted" => $"coalesce(to_char(t.used_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS'), {none})",
            _ => "t.name_key",
        };
    }

    /// <summary>All of a session are read, as many as its venue holds; a page of them leaves.</summary>
    private static string Sql(string sort, bool descending, int count) =>
        $"""
            SELECT * FROM (
                SELECT t.id, t.order_id, t.number, {FirstName}, t.type_name, t.kind, t.seat, {Status} AS state, t.used_at, t.gate,
                    {KeyOf(sort, descending)} COLLATE "C" AS key
                FROM tickets t
                WHERE t.session_id = $1 AND ($2::text IS NULL OR t.type_name = $2)
                    AND ($4::text IS NULL OR ($8 <> '' AND starts_with(t.name_key, $8))
                        OR ($5 <> '' AND starts_with(t.number, $5))
                        OR strpos({Folded("replace(t.seat, ' · ', ' ')")}, {Folded("replace($4, ' · ', ' ')")}) > 0)) t
            WHERE ($3::text IS NULL OR state = $3) AND ($6::text IS NULL OR (key, id) {(
                descending ? '<' : '>'
            )} ($6, $7::uuid))
            ORDER BY key {(descending ? "DESC" : "")}, id {(descending ? "DESC" : "")} LIMIT {count}
            """;

    /// <summary>Tickets of a session, with the first names of who comes.</summary>
    /// <remarks>
    /// For the organizer's team with the role door, manager or owner; those who see orders find the rest of a name there, if its
    /// buyer agreed.
    /// </remarks>
    /// <param name="sessionId">The session.</param>
    /// <param name="q">
    /// Only those whose first name or printed number begins so, or whose seat has it; case and accents do not matter.
    /// </param>
    /// <param name="type">Only of the ticket type of this name.</param>
    /// <param name="status">Only these: valid, used, voided or blocked.</param>
    /// <param name="sort">
    /// By name (if not given), number, type, seat (as in the map; without one last) or admitted (when; who was not last); with a
    /// hyphen before it, backwards.
    /// </param>
    /// <response code="404">No such session of an organizer whose door you keep.</response>
    public static async Task<Ok<Page<Attendee>>> Handle(
        Guid sessionId,
        [MaxLength(MaxSearchLength)] string? q,
        [MaxLength(MaxTypeLength)] string? type,
        [AllowedValues(null, "valid", "used", "voided", "blocked")] string? status,
        [AllowedValues(
            null,
            "name",
            "-name",
            "number",
            "-number",
            "type",
            "-type",
            "seat",
            "-seat",
            "admitted",
            "-admitted"
        )]
            string? sort,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        HttpContext context,
        TicketsDb db,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        await db.RequireDoorAsync(user, sessionId, ct);
        var descending = sort?.StartsWith('-') == true;
        var typed = string.IsNullOrWhiteSpace(q) ? null : q.Trim();
        var after = page.AfterKey();
        var rows = await source.AllAsync(
            Sql(sort?.TrimStart('-') ?? "", descending, page.Take() + 1),
            row => (Attendee: Read(row), Key: row.GetString(10)),
            ct,
            sessionId,
            type,
            status is null ? null : $"{Enum.Parse<GetCheckInList.ListedStatus>(status, ignoreCase: true)}",
            typed,
            typed is null ? null : TicketNumber.Of(typed),
            after?.Key,
            after?.Id,
            typed is null ? null : TextFolding.Key(typed, Ticket.MaxKeyLength)
        );
        context.Response.Headers.CacheControl = "private, no-store";
        var found = Page.Of(rows, page.Take(), row => Cursor.KeyOf(row.Key, row.Attendee.Id));
        return TypedResults.Ok(new Page<Attendee>([.. found.Items.Select(row => row.Attendee)], found.Next));
    }

    private static Attendee Read(NpgsqlDataReader row) =>
        new(
            row.GetGuid(0),
            row.GetGuid(1),
            row.GetString(2),
            row.GetString(3),
            row.GetString(4),
            Enum.Parse<TicketKind>(row.GetString(5)),
            row.IsDBNull(6) ? null : row.GetString(6),
            Enum.Parse<GetCheckInList.ListedStatus>(row.GetString(7)),
            row.Nullable<DateTimeOffset>(8),
            row.IsDBNull(9) ? null : row.GetString(9)
        );
}
