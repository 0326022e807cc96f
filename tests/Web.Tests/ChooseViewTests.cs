using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Http;
using Ticketing.TestKit;
using Ticketing.Web.Api;
using Ticketing.Web.Buyer;

namespace Ticketing.Web.Tests;

/// <summary>The page of choosing: what is asked first when others want the same.</summary>
public sealed class ChooseViewTests : PlayedApi
{
    private static readonly Guid Session = Guid.CreateVersion7();
    private static readonly Guid Seat = Guid.CreateVersion7();
    private static readonly Guid Type = Guid.CreateVersion7();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Answers["/api/v1/events/noite"] = new
        {
            id = Guid.CreateVersion7(),
            slug = "noite",
            title = "Noite",
            description = "",
            category = "music",
            status = "published",
            organizer = new { id = Guid.CreateVersion7(), name = "Circo" },
            venue = new
            {
                id = Guid.CreateVersion7(),
                name = "Sala",
                address = "Rua 1",
                city = "Recife",
                state = "PE",
                timeZone = "America/Recife",
            },
            sessions = new[]
            {
                new
                {
                    id = Session,
                    eventId = Session,
                    cancelled = false,
                    requiresCpf = false,
                    startsAt = Now.AddDays(9),
                    maxPerPerson = 4,
                    pools = Array.Empty<object>(),
                    ticketTypes = Array.Empty<object>(),
                },
            },
        };
        Answers[$"/api/v1/sessions/{Session}/availability"] = new
        {
            sessionId = Session,
            maxPerPerson = 4,
            ticketTypes = new[]
            {
                new
                {
                    id = Type,
                    name = "Plateia",
                    kind = "full",
                    price = Reais(10_000),
                    fee = Reais(0),
                    maxPerOrder = 4,
                    seated = true,
                    available = 1,
                    status = "available",
                },
            },
        };
        Answers[$"/api/v1/sessions/{Session}/seats"] = new
        {
            sessionId = Session,
            sections = new[]
            {
                new
                {
                    id = Guid.CreateVersion7(),
                    name = "Plateia",
                    kind = "rows",
                    ticketTypeIds = new[] { Type },
                    rows = new[]
                    {
                        new
                        {
                            row = "A",
                            seats = new[]
                            {
                                new
                                {
                                    id = Seat,
                                    number = "1",
                                    kind = "standard",
                                    x = 0,
                                    y = 0,
                                    status = "free",
                                },
                            },
                        },
                    },
                },
            },
        };
    }

    private IRenderedComponent<ChoosePage> Send(bool signedIn, int more = 0)
    {
        if (signedIn)
            Request.HttpContext.User = new(new ClaimsIdentity("test"));
        Request.Form = new FormCollection(
            new()
            {
                ["_handler"] = "hold",
                ["seat"] = Enumerable
                    .Range(0, more)
                    .Select(_ => $"{Guid.CreateVersion7()}")
                    .Append($"{Seat}")
                    .ToArray(),
                [$"type-{Seat}"] = $"{Type}",
            }
        );
        var shown = Render<ChoosePage>(p => p.Add(c => c.Slug, "noite").Add(c => c.SessionId, Session));
        shown.WaitForElement("form");
        return shown;
    }

    [Fact]
    public async Task What_was_chosen_is_held_before_anything_else_is_asked()
    {
        Refusals["POST /api/v1/holds"] = PeerStub.Problem(409, "seat-taken");

        var shown = Send(signedIn: true);
        await shown.Find("form.choose").SubmitAsync();

        Assert.Equal("/api/v1/holds", Asked.First());
        Assert.Single(Sent, s => s.Contains($"{Seat}", StringComparison.Ordinal));
        Assert.NotEmpty(shown.Find("[role=alert]").TextContent);
        Assert.Equal($"{Seat}:{Type}", shown.Find("#seats").GetAttribute("data-chosen"));
    }

    [Fact]
    public void What_is_held_is_one_question()
    {
        Answers["/api/v1/holds"] = new { id = Guid.CreateVersion7(), expiresAt = Now.AddMinutes(10) };

        Send(signedIn: true);

        Assert.Equal(["/api/v1/holds"], Asked);
    }

    [Fact]
    public void A_session_that_was_ended_elsewhere_takes_no_choice_with_it()
    {
        Refusals["POST /api/v1/holds"] = PeerStub.Problem(401, "unauthorized");

        Assert.Equal(401, Assert.Throws<ApiProblemException>(() => Send(signedIn: true)).Status);

        Assert.Contains(
            $"{Seat:N}-{Type:N}",
            $"{Request.HttpContext.Response.Headers.SetCookie}",
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task More_seats_than_one_purchase_takes_are_refused_and_none_is_left_out()
    {
        Answers["/api/v1/holds"] = new { id = Guid.CreateVersion7(), expiresAt = Now.AddMinutes(10) };

        var shown = Send(signedIn: true, more: Choice.MaxSeats);
        await shown.Find("form.choose").SubmitAsync();

        Assert.Contains("no máximo 20 lugares", shown.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("/api/v1/holds", Asked);
    }

    [Fact]
    public void Nothing_is_held_for_nobody()
    {
        Send(signedIn: false);

        Assert.DoesNotContain("/api/v1/holds", Asked);
    }
}
