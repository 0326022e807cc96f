using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Holds;

/// <summary>The order is paid: held becomes sold and the tickets are issued, in one statement (commit_hold).</summary>
internal static class CommitAndIssue
{
    /// <summary>A ticket number met twice is drawn again; more often than this is a fault.</summary>
    private const int MaxDraws = 3;

    /// <summary>The show goes with it as it stands: the mail about the tickets says it.</summary>
    private const string Sql = """
        SELECT c.*, e.organizer_name, e.contact_email, e.venue_address, e.venue_state, s.doors_at, s.ends_at, e.image_url,
            e.accent_color
        FROM commit_hold($1, $2, $3, $4, $5, $6, $7, $8, $9) c
        LEFT JOIN sessions s ON s.id = c.session_id LEFT JOIN events e ON e.id = s.event_id
        """;

    public static async Task<Ok<Contracts.IssuedTickets>> Handle(
        Guid holdId,
        CommitHold request,
        NpgsqlDataSource source,
        TicketLinks links,
        TicketMetrics metrics,
        TimeProvider time,
        CancellationToken ct
    )
    {
        for (var draw = 1; ; draw++)
        {
            try
            {
                await using var command = CommandOf(source, holdId, request, time.GetUtcNow());
                return TypedResults.Ok(await ReadAsync(holdId, command, links, metrics, ct));
            }
            catch (PostgresException e) when (draw < MaxDraws && e.IsUniqueViolation("ix_tickets_number")) { }
            catch (PostgresException e) when (e.IsUniqueViolation("ux_tickets_seat"))
            {
                throw Refused("sold-out");
            }
        }
    }

    private static NpgsqlCommand CommandOf(NpgsqlDataSource source, Guid holdId, CommitHold request, DateTimeOffset now)
    {
        // As many as a hold may have: how many it has is known inside.
        var (ids, numbers) = (new Guid[HoldLimits.MaxTickets], new string[HoldLimits.MaxTickets]);
        var (names, keys) = (new string[HoldLimits.MaxTickets], new string[HoldLimits.MaxTickets]);
        Array.Fill(names, Shortened(request.BuyerName));
        Array.Fill(keys, Ticket.KeyOf(names[0]));
        for (var i = 0; i < HoldLimits.MaxTickets; i++)
        {
            (ids[i], numbers[i]) = (Guid.CreateVersion7(now), TicketNumber.Draw());
            // The buyer's name stands in for what is missing.
            if (i < request.Attendees.Count && Shortened(request.Attendees[i].Name.Trim()) is { Length: > 0 } name)
                (names[i], keys[i]) = (name, Ticket.KeyOf(name));
        }
        var command = source.CreateCommand(Sql);
        command.Add(holdId, request.BuyerId, names, keys);
        command.Add(ids, numbers, now);
        command.Add(request.OrderNumber, request.Locale);
        return command;
    }

    private static async Task<Contracts.IssuedTickets> ReadAsync(
        Guid orderId,
        NpgsqlCommand command,
        TicketLinks links,
        TicketMetrics metrics,
        CancellationToken ct
    )
    {
        var tickets = new List<IssuedTicket>();
        var outcome = "";
        ShowDetails? show = null;
        await using (var row = await command.ExecuteReaderAsync(ct))
            while (await row.ReadAsync(ct))
            {
                outcome = row.GetString(0);
                if (row.IsDBNull(1))
                    throw Refused(outcome);
                var id = row.GetGuid(1);
                show ??= ShowOf(row);
                tickets.Add(
                    new(
                        id,
                        row.GetString(2),
                        row.GetString(3),
                        row.IsDBNull(4) ? null : row.GetString(4),
                        row.GetString(5),
                        // As first issued: when the ticket has passed to somebody else, the link here is dead.
                        await links.PdfPathAsync(id, Ticket.FirstSerial, ct)
                    )
                );
            }
        if (outcome == "issued")
            metrics.Issued(tickets.Count);
        return new(tickets, show, await links.OrderPdfPathAsync(orderId, ct));
    }

    private static ShowDetails ShowOf(NpgsqlDataReader row) =>
        new(
            row.GetGuid(6),
            row.GetString(7),
            row.Text(8),
            row.GetString(9),
            row.GetString(10),
            row.Time(11),
            row.Time(12),
            row.Text(13),
            row.Text(14)
        );

    private static string? Text(this NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);

    private static DateTimeOffset? Time(this NpgsqlDataReader row, int at) =>
        row.IsDBNull(at) ? null : row.GetFieldValue<DateTimeOffset>(at);

    private static string Shortened(string name) => name.Cut(PersonName.MaxLength);

    /// <summary>Orders gives the money back on each of these.</summary>
    private static ProblemException Refused(string outcome) =>
        outcome switch
        {
            "hold-not-found" => new(404, outcome, "The buyer has no such hold."),
            "hold-released" => ProblemException.Conflict(outcome, "The hold was given back for good."),
            "session-cancelled" => ProblemException.Conflict("hold-released", "The session is cancelled."),
            "over-person-limit" => ProblemException.Conflict(
                "hold-released",
                "The hold was over, and its buyer has taken as many others as one person may have."
            ),
            "sold-out" => ProblemException.Conflict(outcome, "The hold was over and its stock is gone."),
            _ => throw new InvalidOperationException($"commit_hold answered {outcome}."),
        };
}
