using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

internal static class TransferTicket
{
    /// <param name="Email">Of the new owner's account.</param>
    /// <param name="Name">Of the person who will come: the new holder.</param>
    public sealed record Request(
        [Required, EmailAddress, MaxLength(254)] string Email,
        [Required, MinLength(1), MaxLength(200)] string Name
    );

    /// <param name="Number">Unchanged; the code is new, the old one is dead.</param>
    internal sealed record Response(Guid Id, string Number, string HolderName);

    /// <summary>Pass a ticket of mine to another person.</summary>
    /// <remarks>The ticket gets a new code and a new PDF for its new owner; mine stop working at once.</remarks>
    /// <param name="id">The ticket.</param>
    /// <response code="404">No such ticket of yours.</response>
    /// <response code="409"><c>ticket-used</c>, <c>ticket-voided</c> or <c>ticket-blocked</c>.</response>
    /// <response code="422">Nobody has an account with this e-mail, or you do.</response>
    public static async Task<Ok<Response>> Handle(
        Guid id,
        Request request,
        ClaimsPrincipal user,
        TicketsDb db,
        Peers peers,
        CancellationToken ct
    )
    {
        var owner = user.UserId();
        // Asked first, so that only an owner learns whether an address has an account.
        var ticket = await MineAsync(db, id, owner, ct);
        RefuseUnlessValid(ticket);
        var name = request.Name.Trim();
        var to =
            await peers.FindAsync<UserRef>(
                AppIds.Users,
                $"internal/users/by-email?email={Uri.EscapeDataString(request.Email)}",
                ct
            ) ?? throw ProblemException.Invalid("email", "Nobody has an account with this e-mail.");
        if (to.Id == owner)
            throw ProblemException.Invalid("email", "The ticket is yours already.");
        var moved = await db.Database.ExecuteSqlAsync(
            $"""
            WITH moved AS (
                UPDATE tickets SET owner_id = {to.Id}, holder_name = {name}, serial = serial + 1
                WHERE id = {id} AND owner_id = {owner} AND serial = {ticket.Serial} AND status = 'Valid'
                    AND block_reason IS NULL
                RETURNING id)
            INSERT INTO stale_documents (ticket_id) SELECT id FROM moved
            ON CONFLICT (ticket_id) DO UPDATE SET due_at = now()
            """,
            ct
        );
        if (moved == 0)
        {
            RefuseUnlessValid(await MineAsync(db, id, owner, ct));
            throw ProblemException.NotFound("ticket");
        }
        return TypedResults.Ok(new Response(id, ticket.Number, name));
    }

    private static async Task<Ticket> MineAsync(TicketsDb db, Guid id, Guid owner, CancellationToken ct) =>
        await db.Tickets.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id && t.OwnerId == owner, ct)
        ?? throw ProblemException.NotFound("ticket");

    private static void RefuseUnlessValid(Ticket ticket)
    {
        if (ticket.Status == TicketStatus.Used)
            throw ProblemException.Conflict("ticket-used", "The ticket was used.");
        if (ticket.Status == TicketStatus.Voided)
            throw ProblemException.Conflict("ticket-voided", "The ticket is void.");
        if (ticket.BlockReason is { } reason)
            throw new ProblemException(409, "ticket-blocked", "The ticket's payment is disputed.")
            {
                Extensions = { ["reason"] = reason },
            };
    }
}
