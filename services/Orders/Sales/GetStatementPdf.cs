using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Sales;

internal static class GetStatementPdf
{
    /// <summary>The statement of one event, as a PDF to keep.</summary>
    /// <remarks>The same figures as in the list of statements, of the same moment; for the same people.</remarks>
    /// <param name="organizerId">Your organizer.</param>
    /// <param name="eventId">An event of it.</param>
    /// <param name="locale">pt-BR (when not given) or en.</param>
    /// <response code="404">No such organizer of yours, or no such event of it.</response>
    public static async Task<IResult> Handle(
        Guid organizerId,
        Guid eventId,
        [AllowedValues(null, Locales.Portuguese, Locales.English)] string? locale,
        ClaimsPrincipal user,
        HttpContext context,
        OrdersDb db,
        NpgsqlDataSource source,
        Peers peers,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var statements = await ListStatements.ReadAsync(organizerId, eventId, user, db, source, peers, ct);
        var about = await peers.FindAsync<EventOwner>(AppIds.Events, $"internal/events/{eventId}", ct);
        if (about?.OrganizerId != organizerId)
            throw ProblemException.NotFound("event");
        // Nothing was paid yet, or it is not in the books yet.
        var statement = statements is [var booked]
            ? booked
            : ListStatements.Statement.Of(new(eventId, "BRL", 0, 0, 0, 0, 0, 0), about.Title);
        context.Response.Headers.CacheControl = "private, no-store";
        context.Response.Headers.ContentDisposition = $"inline; filename=\"statement-{eventId}.pdf\"";
        var pdf = StatementPage.Render(statement, about, locale ?? Locales.Default, clock.GetUtcNow());
        return TypedResults.Bytes(pdf, "application/pdf");
    }
}
