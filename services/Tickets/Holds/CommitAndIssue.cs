using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Holds;

/// <summary>The order is paid: held becomes sold and the tickets are issued, in one statement (commit_hold).</summary>
internal static class CommitAndIssue
{
    private const int MaxNameLength = 200;

    /// <summary>A ticket number met twice is drawn again; more often than this is a fault.</summary>
    private const int MaxDraws = 3;

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
                return TypedResults.Ok(await ReadAsync(command, links, metrics, ct));
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
        for (var i = 0; i < HoldLimits.MaxTickets; i++)
            (ids[i], numbers[i]) = (Guid.CreateVersion7(now), TicketNumber.Draw());
        var command = source.CreateCommand("SELECT * FROM commit_hold($1, $2, $3, $4, $5, $6, $7)");
        command.Add(holdId, request.BuyerId, Shortened(request.BuyerName));
        var attendees = request.Attendees.Select(a => Shortened(a.Name.Trim())).ToArray();
        command.Add(attendees, ids, numbers, now);
        return command;
    }

    private static async Task<Contracts.IssuedTickets> ReadAsync(
        NpgsqlCommand command,
        TicketLinks links,
        TicketMetrics metrics,
        CancellationToken ct
    )
    {
        var tickets = new List<IssuedTicket>();
        var outcome = "";
        await using (var row = await command.ExecuteReaderAsync(ct))
            while (await row.ReadAsync(ct))
            {
                outcome = row.GetString(0);
                if (row.IsDBNull(1))
                    throw Refused(outcome);
                var id = row.GetGuid(1);
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
        return new(tickets);
    }

    private static string Shortened(string name) => name.Length <= MaxNameLength ? name : name[..MaxNameLength];

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
