using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Ticketing.TestKit;
using Ticketing.Web.Api;
using Ticketing.Web.Organizer;

namespace Ticketing.Web.Tests;

/// <summary>An organizer's pages: how much of the API they need, and what they do without.</summary>
public sealed class TeamViewTests : PlayedApi
{
    private static readonly Guid Organizer = Guid.CreateVersion7();
    private static readonly Guid Show = Guid.CreateVersion7();
    private static readonly Guid Session = Guid.CreateVersion7();
    private static readonly Guid Hall = Guid.CreateVersion7();
    private static readonly Guid Bought = Guid.CreateVersion7();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var team = new
        {
            id = Organizer,
            name = "Circo",
            role = "owner",
            approved = true,
            fee = new
            {
                percent = 10,
                @fixed = Reais(0),
                passedOn = true,
            },
        };
        Answers["/api/v1/organizers"] = PageOf(team);
        Answers[$"/api/v1/organizers/{Organizer}"] = new { id = Organizer, name = "Circo" };
        Answers["/api/v1/orders/refund-policy"] = new { keepsFee = true };
        Answers["/api/v1/orders/sales"] = new
        {
            items = new[]
            {
                new
                {
                    date = DateOnly.FromDateTime(Now.Date),
                    orders = 2,
                    tickets = 3,
                    gross = Reais(30_000),
                    refundedOrders = 0,
                    refunded = Reais(0),
                },
            },
        };
        Answers["/api/v1/products"] = PageOf(Product("Camiseta", "onSale"), Product("Caneca", "hidden"));
        Play("published", Date(Session));
    }

    private void Play(string status, params object[] sessions) => Play(status, "owner", sessions);

    private void Play(string status, string role, params object[] sessions) =>
        Answers[$"/api/v1/events/{Show}"] = new
        {
            id = Show,
            slug = "noite",
            title = "Noite",
            description = "Uma noite.",
            category = "concert",
            imageUrl = (string?)null,
            status,
            team = new
            {
                id = Organizer,
                name = "Circo",
                role,
                approved = true,
            },
            cancelReason = (string?)null,
            accentColor = (string?)null,
            organizer = new { id = Organizer, name = "Circo" },
            venue = new
            {
                id = Hall,
                name = "Sala",
                address = "Rua 1",
                city = "Recife",
                state = "PE",
                timeZone = "America/Recife",
            },
            sessions,
        };

    private static object Date(
        Guid id,
        Guid? map = null,
        object[]? pools = null,
        object[]? types = null,
        DateTimeOffset? startsAt = null
    ) =>
        new
        {
            id,
            eventId = Show,
            startsAt = startsAt ?? Now.AddDays(9),
            doorsAt = (DateTimeOffset?)null,
            endsAt = (DateTimeOffset?)null,
            cancelled = false,
            seatMapId = map,
            maxPerPerson = 4,
            requiresCpf = false,
            pools = pools ?? [],
            ticketTypes = types ?? [],
            version = 7,
        };

    private static object Pool(Guid id, string name) =>
        new
        {
            id,
            name,
            capacity = 10,
            sectionId = (Guid?)null,
        };

    private static object Type(Guid id, Guid pool, string name, string kind = "full") =>
        new
        {
            id,
            sessionId = Session,
            poolId = pool,
            name,
            kind,
            price = Reais(8_000),
            salesStart = Now.AddDays(-9),
            salesEnd = Now.AddDays(-2),
            maxPerOrder = 4,
            fee = Reais(0),
        };

    /// <summary>As a browser sends it: what is not said is as it was shown.</summary>
    private async Task<IRenderedComponent<SessionPage>> SendAsync(
        Guid? session,
        string handler,
        params (string, StringValues)[] fields
    )
    {
        Request.Form = new FormCollection(
            new(fields.ToDictionary(f => f.Item1, f => f.Item2)) { ["_handler"] = handler }
        );
        var shown = DatePage(session);
        await shown.Find($"form:has([name={fields[0].Item1}])").SubmitAsync();
        return shown;
    }

    private IRenderedComponent<SessionPage> DatePage(Guid? session)
    {
        var shown = Render<SessionPage>(p =>
            p.Add(s => s.OrganizerId, Organizer).Add(s => s.EventId, Show).Add(s => s.SessionId, session)
        );
        shown.WaitForElement("h1");
        return shown;
    }

    private sealed class Once(IResult answer) : IResult
    {
        private int asked;

        public Task ExecuteAsync(HttpContext http) =>
            (Interlocked.Increment(ref asked) == 1 ? answer : PeerStub.Problem(422, "invalid")).ExecuteAsync(http);
    }

    private string Went => Services.GetRequiredService<NavigationManager>().Uri;

    private static object Product(string name, string status, Guid? id = null) =>
        new
        {
            id = id ?? Guid.CreateVersion7(),
            name,
            description = (string?)null,
            price = Reais(5_000),
            status,
            available = 10,
            maxPerOrder = 4,
            stock = new
            {
                capacity = 12,
                available = 10,
                held = 0,
                sold = 2,
            },
        };

    [Fact]
    public async Task A_date_with_its_add_ons_is_two_questions_and_is_edited_as_it_was_read()
    {
        Play("draft", Date(Session, pools: [Pool(Session, "Frisas")]));

        var shown = DatePage(Session);

        Assert.Equal(2, Asked.Count);
        Assert.Equal("\"7\"", shown.Find("form:has(#starts) input[name=tag]").GetAttribute("value"));
        Assert.Contains("2 vendidos, 10 de 12 disponíveis", Words(shown), StringComparison.Ordinal);
        var buttons = shown.FindAll("button.link").Select(b => b.TextContent);
        Assert.Contains("Tirar de venda Camiseta", buttons);
        Assert.Contains("Voltar a vender Caneca", buttons);
        // What nothing is sold from.
        Answers[$"/api/v1/sessions/{Session}/pools/{Session}"] = new { };
        await shown
            .FindAll("form")
            .Single(f => f.TextContent.Contains("Apagar Frisas", StringComparison.Ordinal))
            .SubmitAsync();
        Assert.EndsWith("?salvo=1", Went, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_date_keeps_the_times_of_sale_and_says_what_it_could_not_copy()
    {
        var (map, floor, gallery, copy) = (
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            Session
        );
        var other = Guid.CreateVersion7();
        Play(
            "draft",
            Date(
                other,
                map,
                [Pool(floor, "Pista"), Pool(gallery, "Galeria")],
                [Type(Guid.CreateVersion7(), floor, "Lote 1"), Type(Guid.CreateVersion7(), gallery, "Galeria")]
            )
        );
        Answers[$"/api/v1/events/{Show}/sessions"] = Date(copy, map, [Pool(Guid.CreateVersion7(), "Pista")]);
        Answers[$"/api/v1/sessions/{copy}/ticket-types"] = new { };
        Answers[$"/api/v1/venues/{Hall}/seat-maps"] = PageOf(
            new
            {
                id = map,
                venueId = Hall,
                name = "Sala",
                seatCount = 10,
                sections = Array.Empty<object>(),
            }
        );
        Assert.Equal($"{map}", DatePage(null).Find("#map option[selected]").GetAttribute("value"));

        await SendAsync(null, "date", ("starts", "2027-01-02T20:00"), ("map", $"{map}"), ("copy", "true"));

        Assert.EndsWith($"/datas/{copy}?salvo=parte", Went, StringComparison.Ordinal);

        var type = Assert.Single(Sent, s => s.Contains("Lote 1", StringComparison.Ordinal));
        Assert.Contains("\"salesEnd\":\"2026-11-27T15:00:00", type, StringComparison.Ordinal);
        Assert.DoesNotContain(Sent, s => s.Contains("Galeria\",\"kind", StringComparison.Ordinal));
        Assert.Single(Sent, s => s.Contains("Camiseta", StringComparison.Ordinal));
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/x?salvo=parte");
        Request.Form = FormCollection.Empty;
        Assert.Contains("nem tudo foi copiado", Words(DatePage(other)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_sent_into_silence_is_sent_again_as_the_same()
    {
        var (path, key) = ($"/api/v1/sessions/{Session}/ticket-types", Guid.CreateVersion7().ToString("N"));
        async Task<IRenderedComponent<SessionPage>> CreateAsync()
        {
            var shown = await SendAsync(
                Session,
                "new-ticket",
                ("capacity", "9"),
                ("price", "80"),
                ("name", "P"),
                ("key", key)
            );
            Assert.NotEmpty(shown.FindAll("[role=alert]"));
            return shown;
        }
        string? Next(IRenderedComponent<SessionPage> shown) =>
            shown.Find("form:has(#new-name) [name=key]").GetAttribute("value");

        Refusals[$"POST {path}"] = Results.StatusCode(503);
        var silent = await CreateAsync();
        Assert.Contains("Não sabemos se deu certo", Words(silent), StringComparison.Ordinal);
        Assert.Equal(key, Next(silent));

        Refusals[$"POST {path}"] = PeerStub.Problem(409, "limit-reached");
        Assert.NotEqual(key, Next(await CreateAsync()));
    }

    [Fact]
    public async Task A_half_price_ticket_that_was_refused_is_said_and_made_later()
    {
        var pool = Guid.CreateVersion7();
        var path = $"/api/v1/sessions/{Session}/ticket-types";
        Answers[path] = Type(Session, pool, "Pista – inteira");
        Refusals[$"POST {path}"] = new Once(PeerStub.Json(Answers[path]));

        await SendAsync(Session, "new-ticket", ("capacity", "9"), ("price", "80"), ("name", "Pista"), ("half", "true"));

        Assert.EndsWith("?salvo=inteira", Went, StringComparison.Ordinal);
        Assert.Contains("\"poolName\":\"Pista\"", Sent.First(), StringComparison.Ordinal);

        Refusals.Clear();
        Request.Form = FormCollection.Empty;
        Play("draft", Date(Session, pools: [Pool(pool, "Pista")], types: [Type(Session, pool, "Pista – inteira")]));
        var shown = DatePage(Session);
        Assert.Contains("a meia-entrada, não", Words(shown), StringComparison.Ordinal);
        await shown
            .FindAll("form")
            .Single(f => f.TextContent.Contains("Criar a meia-entrada", StringComparison.Ordinal))
            .SubmitAsync();
        Assert.EndsWith("?salvo=1", Went, StringComparison.Ordinal);
        Assert.Contains(
            "meia-entrada\",\"kind\":\"half\",\"price\":{\"amount\":4000",
            Sent.Last(),
            StringComparison.Ordinal
        );
    }

    /// <summary>Every optional time of the pages of an event.</summary>
    public static readonly TheoryData<string, string> Times = new()
    {
        { "date", "doors" },
        { "date", "ends" },
        { "new-ticket", "from" },
        { "new-ticket", "until" },
        { $"type-{Guid.Empty}", "from" },
        { $"type-{Guid.Empty}", "until" },
        { $"change-{Guid.Empty}", "from" },
        { $"change-{Guid.Empty}", "until" },
        { "create", "from" },
        { "create", "until" },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public async Task A_time_that_is_none_is_refused_at_its_field(string form, string field)
    {
        var pool = Guid.CreateVersion7();
        Play("draft", Date(Session, pools: [Pool(pool, "Pista")], types: [Type(Guid.Empty, pool, "Pista")]));
        Answers[$"/api/v1/events/{Show}/coupons"] = PageOf(
            new
            {
                id = Guid.Empty,
                code = "AMIGOS",
                percentOff = 10,
                redeemed = 0,
            }
        );
        Request.Form = new FormCollection(
            new()
            {
                ["_handler"] = form,
                ["name"] = "Pista",
                ["price"] = "80",
                ["capacity"] = "9",
                ["starts"] = "2027-01-02T20:00",
                ["off"] = "10",
                [field] = "9999-12-31T22:00",
            }
        );
        IRenderedComponent<IComponent> shown =
            form == "create" || form.StartsWith("change", StringComparison.Ordinal)
                ? Render<CouponsPage>(p => p.Add(s => s.OrganizerId, Organizer).Add(s => s.EventId, Show))
                : DatePage(Session);
        shown.WaitForElement("h1");

        await shown.Find($"form:has([name={field}][value^='9999'])").SubmitAsync();

        Assert.NotEmpty(shown.FindAll("[role=alert]"));
        Assert.Empty(Sent);
        Assert.Equal("9999-12-31T22:00", shown.Find("[aria-invalid=true]").GetAttribute("value"));
        Assert.Equal("2100-12-31T23:59", shown.Find("[aria-invalid=true]").GetAttribute("max"));
    }

    /// <summary>Every field for a whole number of an event's pages, a venue's and an order's.</summary>
    public static readonly TheoryData<string, string> Counts = new()
    {
        { "date", "limit" },
        { "new-ticket", "capacity" },
        { "new-ticket", "most" },
        { $"type-{Guid.Empty}", "most" },
        { $"pool-{Guid.Empty}", "capacity" },
        { "add-product", "stock" },
        { "add-product", "most" },
        { $"product-{Guid.Empty}", "stock" },
        { $"product-{Guid.Empty}", "most" },
        { $"change-{Guid.Empty}", "most" },
        { "create", "most" },
        { "venue", "capacity" },
        { "part", $"of-{Guid.Empty}" },
    };

    [Theory]
    [MemberData(nameof(Counts))]
    public async Task A_number_that_is_none_is_refused_at_its_field(string form, string field)
    {
        foreach (var typed in new[] { "-3", "1e-3", "1.5", "3e", "99999999999", "1.000" })
        {
            var shown = await SendCountAsync(form, field, typed);

            Assert.NotEmpty(shown.FindAll("[role=alert]"));
            Assert.Contains("Confira os campos marcados.", Words(shown), StringComparison.Ordinal);
            Assert.Equal(typed, shown.Find("[aria-invalid=true]").GetAttribute("value"));
        }
        Assert.Empty(Sent);
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public async Task A_number_is_read_as_the_browser_means_it(string form, string field)
    {
        await SendCountAsync(form, field, "1e3");

        Assert.Contains(":1000", Assert.Single(Sent), StringComparison.Ordinal);
    }

    private async Task<IRenderedComponent<IComponent>> SendCountAsync(string form, string field, string typed)
    {
        Play(
            "draft",
            Date(Session, pools: [Pool(Guid.Empty, "Pista")], types: [Type(Guid.Empty, Guid.Empty, "Pista")])
        );
        Answers["/api/v1/products"] = PageOf(Product("Camiseta", "onSale", Guid.Empty));
        Answers[$"/api/v1/events/{Show}/coupons"] = PageOf(
            new
            {
                id = Guid.Empty,
                code = "AMIGOS",
                percentOff = 10,
                redeemed = 0,
            }
        );
        PlayVenue(Organizer);
        PlayOrder(
            "fulfilled",
            lines:
            [
                new
                {
                    kind = "product",
                    itemId = Guid.Empty,
                    name = "Camiseta",
                    unitPrice = Reais(5_000),
                    quantity = 2,
                    seats = Array.Empty<string>(),
                },
            ]
        );
        Request.Form = new FormCollection(
            new()
            {
                ["_handler"] = form,
                ["name"] = "Pista",
                ["code"] = "OUTRO",
                ["price"] = "80",
                ["capacity"] = "9",
                ["stock"] = "9",
                ["starts"] = "2027-01-02T20:00",
                ["off"] = "10",
                [field] = typed,
            }
        );
        var shown = form switch
        {
            "venue" => VenuePageOf(Organizer),
            "part" => OrderPage(),
            _ when form == "create" || form.StartsWith("change", StringComparison.Ordinal) => Render<CouponsPage>(p =>
                p.Add(s => s.OrganizerId, Organizer).Add(s => s.EventId, Show)
            ),
            _ => (IRenderedComponent<IComponent>)DatePage(Session),
        };
        shown.WaitForElement("h1");
        await shown.Find($"form:has([name={field}][value='{typed}'])").SubmitAsync();
        return shown;
    }

    private void PlayVenue(Guid? organizerId) =>
        Answers[$"/api/v1/venues/{Hall}"] = new
        {
            id = Hall,
            organizerId,
            name = "Sala",
            address = "Rua 1",
            city = "Recife",
            state = "PE",
            timeZone = "America/Recife",
        };

    private IRenderedComponent<VenuePage> VenuePageOf(Guid organizer) => VenuePageOf(organizer, Hall);

    private IRenderedComponent<VenuePage> VenuePageOf(Guid organizer, Guid? venue)
    {
        Answers[$"/api/v1/venues/{Hall}/seat-maps"] = PageOf();
        var shown = Render<VenuePage>(p => p.Add(s => s.OrganizerId, organizer).Add(s => s.VenueId, venue));
        shown.WaitForElement("h1");
        return shown;
    }

    [Fact]
    public void An_event_stays_at_its_venue_however_many_there_are()
    {
        Answers["/api/v1/venues"] = new
        {
            items = new[]
            {
                new
                {
                    id = Guid.CreateVersion7(),
                    name = "Outra",
                    address = "Rua 2",
                    city = "Olinda",
                    state = "PE",
                    timeZone = "America/Recife",
                },
            },
            next = "a/b",
        };

        var shown = Render<EventFormPage>(p => p.Add(s => s.OrganizerId, Organizer).Add(s => s.EventId, Show));
        shown.WaitForElement("h1");

        Assert.Equal(3, Asked.Count);
        Assert.Equal(["Outra – Olinda", "Sala – Recife"], shown.FindAll("#venue option").Select(o => o.TextContent));
        Assert.Equal("Sala – Recife", shown.Find("#venue option[selected]").TextContent);
        Assert.Equal("?pagina=a%2Fb", shown.Find(".hint a").GetAttribute("href"));
    }

    [Fact]
    public void An_order_whose_dispute_is_over_is_three_questions()
    {
        PlayOrder("fulfilled", dispute: new { state = "won" });

        var shown = OrderPage();

        Assert.Equal(3, Asked.Count);
        Assert.Contains("a favor da venda", Words(shown), StringComparison.Ordinal);
        Assert.True(shown.Find("input[name=keep]").HasAttribute("checked"));
    }

    private void PlayOrder(
        string status,
        object[]? lines = null,
        object? dispute = null,
        object[]? tickets = null,
        object[]? parts = null,
        object? refund = null
    ) =>
        Answers[$"/api/v1/orders/{Bought}"] = new
        {
            id = Bought,
            number = "AB12",
            status,
            eventId = Show,
            eventTitle = "Noite",
            startsAt = Now.AddDays(9),
            venueName = "Sala",
            timeZone = "America/Recife",
            lines = lines ?? [],
            discount = Reais(0),
            fee = Reais(500),
            total = Reais(8_500),
            placedAt = Now,
            paidAt = Now,
            dispute,
            refund,
            tickets = tickets ?? [],
            partialRefunds = parts ?? [],
        };

    private IRenderedComponent<TeamOrderPage> OrderPage(Guid? organizer = null)
    {
        var shown = Render<TeamOrderPage>(p =>
            p.Add(s => s.OrganizerId, organizer ?? Organizer).Add(s => s.OrderId, Bought)
        );
        shown.WaitForElement("h1");
        return shown;
    }

    [Fact]
    public void What_is_another_organizers_is_not_in_the_room()
    {
        var (second, map) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Answers["/api/v1/organizers"] = PageOf(
            new
            {
                id = second,
                name = "Outro",
                role = "owner",
                approved = true,
            }
        );
        PlayOrder("fulfilled");
        PlayVenue(Organizer);
        Answers[$"/api/v1/seat-maps/{map}"] = new
        {
            id = map,
            venueId = Hall,
            name = "Sala",
            sections = Array.Empty<object>(),
        };

        AssertMissing(() => OrderPage(second));
        AssertMissing(() => VenuePageOf(second));
        foreach (var id in new Guid?[] { map, null })
            AssertMissing(() => MapPage(second, id));
    }

    private static void AssertMissing(Action page) =>
        Assert.Equal(404, Assert.Throws<ApiProblemException>(page).Status);

    private IRenderedComponent<SeatMapPage> MapPage(Guid organizer, Guid? map)
    {
        var shown = Render<SeatMapPage>(p =>
            p.Add(s => s.OrganizerId, organizer).Add(s => s.VenueId, Hall).Add(s => s.MapId, map)
        );
        shown.WaitForElement("h1");
        return shown;
    }

    [Theory]
    [InlineData("door")]
    [InlineData("finance")]
    public void What_a_role_may_not_make_or_change_is_not_there(string role)
    {
        PlayTeam(Organizer, role);
        Play("published", role, Date(Session));
        PlayVenue(Organizer);

        AssertMissing(() => DatePage(null));
        AssertMissing(() => VenuePageOf(Organizer, null));
        AssertMissing(() => MapPage(Organizer, null));
        AssertMissing(() => Render<ProfilePage>(p => p.Add(s => s.OrganizerId, Organizer)).WaitForElement("h1"));
        Assert.Empty(VenuePageOf(Organizer).FindAll("form"));
    }

    [Fact]
    public void Of_a_cancelled_event_there_are_no_more_dates_and_coupons()
    {
        Play("cancelled", Date(Session));
        Answers[$"/api/v1/events/{Show}/coupons"] = PageOf();
        Answers[$"/api/v1/venues/{Hall}/seat-maps"] = PageOf();
        var coupons = Render<CouponsPage>(p => p.Add(s => s.OrganizerId, Organizer).Add(s => s.EventId, Show));
        coupons.WaitForElement("h1");

        foreach (var shown in new IRenderedComponent<IComponent>[] { coupons, DatePage(null) })
        {
            Assert.Empty(shown.FindAll("form"));
            Assert.Contains("Este evento foi cancelado.", Words(shown), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_an_order_that_went_back_in_parts_nothing_goes_back_again()
    {
        object Ticket(Guid id, bool refunded) =>
            new
            {
                id,
                number = "K7",
                ticketTypeName = "Pista",
                refunded,
            };
        object Part(long amount, params Guid[] tickets) =>
            new
            {
                id = Guid.CreateVersion7(),
                requestedAt = Now,
                reason = "organizer",
                amount = Reais(amount),
                ticketIds = tickets,
                products = Array.Empty<object>(),
                completed = true,
            };
        int Forms() => OrderPage().FindAll("form").Count;
        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        PlayOrder("fulfilled", tickets: [Ticket(one, true), Ticket(other, false)], parts: [Part(8_500, one)]);
        Assert.Equal(3, Forms());
        // Its fee stayed.
        PlayOrder("fulfilled", tickets: [Ticket(one, true), Ticket(other, true)], parts: [Part(8_000, one, other)]);
        Assert.Equal(2, Forms());
        Assert.DoesNotContain("Ingressos que deixam de valer", Words(OrderPage()), StringComparison.Ordinal);
        PlayOrder("fulfilled", tickets: [Ticket(one, true), Ticket(other, true)], parts: [Part(8_500, one, other)]);
        Assert.Equal(0, Forms());
        // Free, and not issued yet.
        PlayOrder("paid", parts: [Part(8_500)]);
        Assert.Equal(1, Forms());
    }

    [Theory]
    [InlineData("event-cancelled", "O dinheiro foi devolvido. O evento ou a data foi cancelada.")]
    [InlineData("sold-out", "O dinheiro foi devolvido. A reserva já não valia quando o pagamento chegou.")]
    [InlineData("hold-released", "O dinheiro foi devolvido. A reserva já não valia quando o pagamento chegou.")]
    [InlineData("buyer", "O dinheiro foi devolvido. Quem comprou pediu.")]
    [InlineData("organizer", "O dinheiro foi devolvido.")]
    [InlineData("Choveu", "O dinheiro foi devolvido. Choveu")]
    public void Why_an_order_went_back_is_said_in_words(string reason, string words)
    {
        PlayOrder(
            "refunded",
            refund: new
            {
                requestedAt = Now,
                reason,
                completed = true,
            }
        );

        Assert.Equal(words, OrderPage().Find("[role=status] p").TextContent);
    }

    [Fact]
    public void A_date_that_is_over_is_not_the_one_that_is_shown()
    {
        var next = Guid.CreateVersion7();
        Play("published", Date(Session, startsAt: Now.AddDays(-1)), Date(next, startsAt: Now.AddHours(-3)));

        var shown = Render<EntryPage>(p => p.Add(s => s.OrganizerId, Organizer).Add(s => s.EventId, Show));
        shown.WaitForElement("h1");

        Assert.EndsWith($"{next}", shown.Find("[aria-current=true]").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("owner", 4)]
    [InlineData("finance", 0)]
    public void Who_may_not_do_what_is_missing_is_not_led_there(string role, int links)
    {
        Play("draft", role);

        var shown = Render<EventRoomPage>(p => p.Add(s => s.OrganizerId, Organizer).Add(s => s.EventId, Show));
        shown.WaitForElement("h1");

        Assert.Equal(links, shown.FindAll(".checklist a").Count);
    }

    [Fact]
    public void The_profile_with_its_fee_is_three_questions()
    {
        var shown = Render<ProfilePage>(p => p.Add(s => s.OrganizerId, Organizer));
        shown.WaitForElement("#fee");

        Assert.Equal(3, Asked.Count);
        Assert.True(shown.Find("input[name=passedOn]").HasAttribute("checked"));
        Assert.True(shown.Find("input[name=keepsFee]").HasAttribute("checked"));
    }

    [Fact]
    public void Sales_are_shown_while_the_books_do_not_answer()
    {
        Refusals["GET /api/v1/orders/statements"] = Results.StatusCode(503);

        var shown = Render<SalesPage>(p => p.Add(s => s.OrganizerId, Organizer).Add(s => s.EventId, Show));
        shown.WaitForElement("h1");

        Assert.Equal(3, Asked.Count);
        Assert.Contains("R$ 300,00", Words(shown), StringComparison.Ordinal);
        Assert.Contains("O extrato volta daqui a pouco", Words(shown), StringComparison.Ordinal);
    }
}
