using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Documents;

internal static class GetTicketPdf
{
    /// <summary>The ticket to print or to show on a phone.</summary>
    /// <remarks>For its owner by token, or for whoever has the link (<c>key</c>) that the owner was sent.</remarks>
    /// <param name="id">The ticket.</param>
    /// <param name="key">Of the link; no token is needed then.</param>
    /// <param name="size">a4 (when not given) to print, or phone.</param>
    /// <response code="404">No such ticket, or neither yours nor the key's.</response>
    /// <response code="410"><c>voided</c>: refunded, passed to somebody else, or reissued since the link was made.</response>
    public static async Task<IResult> Handle(
        Guid id,
        [MaxLength(100)] string? key,
        [AllowedValues(null, PageSizes.A4, PageSizes.Phone)] string? size,
        ClaimsPrincipal user,
        HttpContext context,
        TicketsDb db,
        TicketLinks links,
        TicketDocuments documents,
        CancellationToken ct
    )
    {
        if (key is null && user.Identity?.IsAuthenticated != true)
            throw new ProblemException(401, "unauthenticated", "Log in, or use the ticket's link.");
        var ticket =
            await db.Tickets.AsNoTracking().Include(t => t.Session.Event).SingleOrDefaultAsync(t => t.Id == id, ct)
            ?? throw ProblemException.NotFound("ticket");
        var serial = key is not null
            ? await links.SerialOfAsync(id, ticket.Serial, key, ct)
            : (user.UserId() == ticket.OwnerId ? ticket.Serial : null);
        if (serial is null)
            throw ProblemException.NotFound("ticket");
        if (ticket.Status == TicketStatus.Voided || serial != ticket.Serial)
            throw new ProblemException(410, "voided", "The ticket was refunded, passed to somebody else or reissued.");
        return context.Pdf(await documents.GetAsync(ticket, PageSizes.Of(size), ct), ticket.Locale, ticket.Number);
    }

    internal static IResult Pdf(this HttpContext context, byte[] pdf, string locale, string number)
    {
        var name = TicketWords.Of(Formats.Of(locale).Language).FileName;
        context.Response.Headers.CacheControl = "private, no-store";
        context.Response.Headers.ContentDisposition = $"inline; filename=\"{name}-{number}.pdf\"";
        return TypedResults.Bytes(pdf, "application/pdf");
    }
}
