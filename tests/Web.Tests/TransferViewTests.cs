using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Http;
using Ticketing.TestKit;
using Ticketing.Web.Buyer;

namespace Ticketing.Web.Tests;

/// <summary>An offered ticket, to who may not have it yet.</summary>
public sealed class TransferViewTests : PlayedApi
{
    private static readonly Guid Ticket = Guid.CreateVersion7();
    private static readonly Guid Id = Guid.CreateVersion7();

    [Theory]
    [InlineData("bruna@example.com", false, "Falta confirmar que este e-mail é seu", 1)]
    [InlineData("bruna@example.com", true, "A oferta é para outro e-mail", 0)]
    [InlineData("other@example.com", false, "A oferta é para outro e-mail", 0)]
    [InlineData(null, false, "Só a conta de bruna@example.com, com esse e-mail confirmado", 0)]
    public async Task The_right_person_is_led_to_confirm_the_address(
        string? email,
        bool verified,
        string words,
        int links
    )
    {
        var path = $"/api/v1/tickets/{Ticket}/transfers/{Id}";
        Answers[path] = new
        {
            id = Id,
            ticketId = Ticket,
            status = "offered",
            email = "bruna@example.com",
            name = "Bruna",
            offeredAt = Now,
            expiresAt = Now.AddDays(2),
            eventTitle = "Noite",
            startsAt = Now.AddDays(9),
            venueName = "Sala",
            venueCity = "Recife",
            timeZone = "America/Recife",
            ticketTypeName = "Inteira",
        };
        Answers["/api/v1/me"] = new
        {
            id = Guid.CreateVersion7(),
            name = "Bruna",
            email,
            emailVerified = verified,
            locale = "pt-BR",
            roles = Array.Empty<string>(),
        };
        // Whose account it is cannot be asked for.
        if (email is null)
            Refusals["GET /api/v1/me"] = Results.StatusCode(503);
        Refusals[$"POST {path}/accept"] = PeerStub.Problem(403, "address-not-proven");
        Request.HttpContext.User = new(new ClaimsIdentity("test"));

        var shown = Render<TransferPage>(p => p.Add(t => t.TicketId, Ticket).Add(t => t.Id, Id));
        await shown.WaitForElement("form").SubmitAsync();

        Assert.Contains(words, shown.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal(links, shown.FindAll("a[href='/conta']").Count);
    }
}
