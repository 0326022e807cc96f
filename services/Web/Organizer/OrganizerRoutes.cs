using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Ticketing.Contracts;
using Ticketing.Web.Api;
using Ticketing.Web.Language;
using Csv = Ticketing.ServiceDefaults.Csv;
using MoneyText = Ticketing.ServiceDefaults.MoneyText;

namespace Ticketing.Web.Organizer;

/// <summary>What is no page: orders, attendees and the audit log as files, and an event's picture on its way in.</summary>
internal static class OrganizerRoutes
{
    private const string PageSize = "100";
    private const int MaxPictureBytes = 1024 * 1024;
    private const int MaxBookOrders = 50_000;

    public static void MapOrganizer(this WebApplication app)
    {
        app.MapGet("/organizar/{organizerId:guid}/eventos/{eventId:guid}/pedidos.csv", OrdersAsync);
        app.MapGet("/organizar/{organizerId:guid}/eventos/{eventId:guid}/pedidos.xlsx", OrdersBookAsync);
        app.MapGet("/organizar/{organizerId:guid}/eventos/{eventId:guid}/entrada.csv", AttendeesAsync);
        app.MapGet("/organizar/{organizerId:guid}/eventos/{eventId:guid}/entrada.xlsx", AttendeesBookAsync);
        app.MapPut("/organizar/{organizerId:guid}/eventos/{eventId:guid}/imagem", PutPictureAsync)
            .WithMetadata(new RequestSizeLimitAttribute(MaxPictureBytes));
        app.MapGet("/organizar/{organizerId:guid}/registro.csv", AuditLogAsync);
        app.MapGet("/organizar/{organizerId:guid}/extrato.csv", StatementsAsync);
        app.MapGet("/organizar/{organizerId:guid}/extrato.xlsx", StatementsBookAsync);
        app.MapGet("/organizar/{organizerId:guid}/eventos/{eventId:guid}/extrato.pdf", StatementPdfAsync);
    }

    /// <summary>From the script that made it of somebody's photograph; its form's token comes in a header.</summary>
    private static async Task<IResult> PutPictureAsync(
        Guid eventId,
        Stream body,
        TicketingApi api,
        IAntiforgery antiforgery,
        HttpContext http
    )
    {
        await antiforgery.ValidateRequestAsync(http);
        using var picture = new MemoryStream();
        await body.CopyToAsync(picture, http.RequestAborted);
        try
        {
            var (show, tag) = await api.UploadAsync<EventView>(
                AppIds.Events,
                $"/api/v1/events/{eventId}/picture",
                picture.ToArray(),
                "image/jpeg"
            );
            return Results.Json(new { imageUrl = show.ImageUrl, tag });
        }
        catch (ApiProblemException p) when (p.Status != StatusCodes.Status401Unauthorized)
        {
            return Results.Json(new { problem = ProblemSentences.Of(p) }, statusCode: p.Status);
        }
    }

    /// <summary>A spreadsheet takes it for UTF-8 by its first bytes.</summary>
    private static IResult File(string csv, string name) =>
        Results.Bytes(
            [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(csv)],
            "text/csv; charset=utf-8",
            name
        );

    /// <summary>What one event brought in, to keep.</summary>
    private static async Task<IResult> StatementPdfAsync(Guid organizerId, Guid eventId, TicketingApi api)
    {
        try
        {
            var (pdf, type) = await api.DownloadAsync(
                AppIds.Orders,
                $"/api/v1/orders/statements/pdf?organizerId={organizerId}&eventId={eventId}&locale={Languages.Current}"
            );
            return Results.Bytes(pdf, type);
        }
        catch (ApiProblemException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            return Results.NotFound();
        }
    }

    /// <summary>What each event brought in.</summary>
    private static async Task<IResult> StatementsAsync(Guid organizerId, TicketingApi api)
    {
        if (await FindStatementsAsync(organizerId, api) is not { } found)
            return Results.NotFound();
        var text =
            Csv.Line([
                "evento",
                "titulo",
                "pedidos",
                "moeda",
                "pago",
                "taxa",
                "devolvido",
                "bancos",
                "liquido",
                "em_disputa",
                "repassado",
                "repassavel_desde_utc",
            ])
            + string.Concat(
                found.Items.Select(s =>
                    Csv.Line([
                        $"{s.EventId}",
                        s.EventTitle ?? "",
                        s.Payments.ToString(CultureInfo.InvariantCulture),
                        s.Gross.Currency,
                        .. Amounts(s).Select(MoneyText.Plain),
                        s.PayableFrom is { } from ? Time(from, "Etc/UTC") : "",
                    ])
                )
            );
        return File(text, "extrato.csv");
    }

    /// <summary>The same for people: amounts as numbers, times as times.</summary>
    private static async Task<IResult> StatementsBookAsync(Guid organizerId, TicketingApi api)
    {
        if (await FindStatementsAsync(organizerId, api) is not { } found)
            return Results.NotFound();
        var book = SpreadsheetFile.Write(
            T("Extrato", "Statement"),
            [
                (T("Evento", "Event"), 36),
                (T("Pedidos", "Orders"), 10),
                (T("Moeda", "Currency"), 10),
                (T("Pago", "Paid"), 14),
                (T("Taxa", "Fee"), 14),
                (T("Devolvido", "Refunded"), 14),
                (T("Bancos", "Banks"), 14),
                (T("Líquido", "Net"), 14),
                (T("Em disputa", "In dispute"), 14),
                (T("Repassado", "Paid out"), 14),
                (T("Repassável desde (UTC)", "Payable from (UTC)"), 24),
            ],
            found.Items.Select(s =>
                (IReadOnlyList<object?>)
                    [
                        s.EventTitle ?? $"{s.EventId}",
                        (decimal)s.Payments,
                        s.Gross.Currency,
                        .. Amounts(s).Select(a => (object?)Number(a)),
                        s.PayableFrom?.UtcDateTime,
                    ]
            )
        );
        return Results.Bytes(book, SpreadsheetFile.MediaType, $"{T("extrato", "statement")}.xlsx");
    }

    private static decimal Number(Money money) => decimal.Parse(MoneyText.Plain(money), CultureInfo.InvariantCulture);

    private static Task<StatementsView?> FindStatementsAsync(Guid organizerId, TicketingApi api) =>
        api.FindAsync<StatementsView>(AppIds.Orders, $"/api/v1/orders/statements?organizerId={organizerId}");

    private static Money[] Amounts(StatementView s) =>
        [s.Gross, s.Fees, s.Refunds, s.Chargebacks, s.Net, s.Disputed, s.PaidOut];

    /// <summary>Who comes to a date, as far as a door sees it: first names.</summary>
    private static async Task<IResult> AttendeesAsync(Guid organizerId, Guid eventId, Guid? data, TicketingApi api)
    {
        if (await ListAsync(organizerId, eventId, data, api) is not var (show, tickets))
            return Results.NotFound();
        var zone = show.Venue.TimeZone;
        var lines = tickets.Select(t =>
            Csv.Line([
                t.Number,
                t.Name,
                t.Type,
                t.Kind == "half" ? "meia" : "inteira",
                t.Seat ?? "",
                t.Status,
                t.UsedAt is { } at ? Time(at, zone) : "",
                t.Gate ?? "",
            ])
        );
        var text =
            Csv.Line(["ingresso", "nome", "tipo", "meia", "lugar", "situacao", "entrou_em", "portao"])
            + string.Concat(lines);
        return File(text, $"{show.Slug}-entrada.csv");
    }

    /// <summary>The same for people: headings and states in words, times as times.</summary>
    private static async Task<IResult> AttendeesBookAsync(Guid organizerId, Guid eventId, Guid? data, TicketingApi api)
    {
        if (await ListAsync(organizerId, eventId, data, api) is not var (show, tickets))
            return Results.NotFound();
        var book = SpreadsheetFile.Write(
            T("Entrada", "Attendees"),
            [
                (T("Ingresso", "Ticket"), 14),
                (T("Nome", "Name"), 24),
                (T("Tipo", "Type"), 24),
                (T("Meia ou inteira", "Half or full"), 16),
                (T("Setor", "Section"), 18),
                (T("Fila ou mesa", "Row or table"), 14),
                (T("Lugar", "Seat"), 10),
                (T("Situação", "State"), 14),
                (T("Entrou em", "Admitted at"), 18),
                (T("Portão", "Gate"), 18),
            ],
            tickets.Select(t =>
            {
                var seat = SeatPlace.Of(t.Seat);
                return (IReadOnlyList<object?>)
                    [
                        t.Number,
                        t.Name,
                        t.Type,
                        t.Kind == "half" ? T("meia", "half") : T("inteira", "full"),
                        seat?.Section,
                        seat?.Row,
                        seat?.Number,
                        EventStates.TicketName(t.Status),
                        t.UsedAt is { } at ? ServiceDefaults.Formats.Local(at, show.Venue.TimeZone).DateTime : null,
                        t.Gate,
                    ];
            })
        );
        return Results.Bytes(book, SpreadsheetFile.MediaType, $"{show.Slug}-{T("entrada", "attendees")}.xlsx");
    }

    /// <returns>Null: no such date of this organizer, or whoever asks keeps no door of it.</returns>
    private static async Task<(EventView Show, IReadOnlyList<DoorTicket> Tickets)?> ListAsync(
        Guid organizerId,
        Guid eventId,
        Guid? sessionId,
        TicketingApi api
    )
    {
        if (sessionId is null)
            return null;
        var show = await api.FindAsync<EventView>(AppIds.Events, $"/api/v1/events/{eventId}");
        if (show?.Organizer.Id != organizerId || show.Sessions.All(s => s.Id != sessionId))
            return null;
        var list = await api.FindAsync<DoorList>(AppIds.Tickets, $"/api/v1/check-in-lists/{sessionId}");
        return list is null ? null : (show, list.Tickets);
    }

    private static string T(string portuguese, string english) => Languages.IsEnglish ? english : portuguese;

    /// <summary>As the API writes it, passed on as it comes.</summary>
    private static async Task<IResult> AuditLogAsync(Guid organizerId, TicketingApi api, HttpContext http)
    {
        var file = await api.OpenAsync(AppIds.Events, $"/api/v1/organizers/{organizerId}/audit-log/export");
        http.Response.RegisterForDispose(file);
        return Results.Stream(
            await file.Content.ReadAsStreamAsync(http.RequestAborted),
            "text/csv; charset=utf-8",
            "registro.csv"
        );
    }

    /// <summary>Page by page, as the API gives them: however many there are, few of them are here at a time.</summary>
    private static async Task<IResult> OrdersAsync(
        Guid organizerId,
        Guid eventId,
        string? busca,
        string? situacao,
        TicketingApi api,
        HttpContext http
    )
    {
        var status = EventStates.OfOrders.Contains(situacao) ? situacao : null;
        var show = await api.FindAsync<EventView>(AppIds.Events, $"/api/v1/events/{eventId}");
        // Asked before the first line leaves: who may not see them gets a page that says so.
        var page = show?.Organizer.Id == organizerId ? await PageAsync(api, eventId, busca, status, null) : null;
        if (page is null)
            return Results.NotFound();
        var zone = show!.Venue.TimeZone;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{show.Slug}-pedidos.csv\"";
        return Results.Stream(
            async stream =>
            {
                await using var file = new StreamWriter(
                    stream,
                    new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)
                );
                await file.WriteAsync(
                    Csv.Line([
                        "pedido",
                        "situacao",
                        "feito_em",
                        "data_do_evento",
                        "nome",
                        "ingressos",
                        "total",
                        "moeda",
                    ])
                );
                while (true)
                {
                    foreach (var order in page.Items)
                        await file.WriteAsync(
                            Csv.Line([
                                order.Number,
                                EventStates.OrderName(order.Status),
                                Time(order.PlacedAt, zone),
                                Time(order.StartsAt, zone),
                                order.BuyerName ?? "",
                                order.Tickets.ToString(CultureInfo.InvariantCulture),
                                MoneyText.Plain(order.Total),
                                order.Total.Currency,
                            ])
                        );
                    await file.FlushAsync(http.RequestAborted);
                    if (page.Next is null || await PageAsync(api, eventId, busca, status, page.Next) is not { } next)
                        return;
                    page = next;
                }
            },
            "text/csv; charset=utf-8"
        );
    }

    /// <summary>The same for people: amounts as numbers, times as times. It is made whole, so that it has a limit.</summary>
    private static async Task<IResult> OrdersBookAsync(
        Guid organizerId,
        Guid eventId,
        string? busca,
        string? situacao,
        TicketingApi api
    )
    {
        var status = EventStates.OfOrders.Contains(situacao) ? situacao : null;
        var show = await api.FindAsync<EventView>(AppIds.Events, $"/api/v1/events/{eventId}");
        if (show?.Organizer.Id != organizerId)
            return Results.NotFound();
        var orders = new List<TeamOrderItem>();
        for (string? cursor = null; ; )
        {
            if (await PageAsync(api, eventId, busca, status, cursor) is not { } page)
                return Results.NotFound();
            orders.AddRange(page.Items);
            if (page.Next is null)
                break;
            if (orders.Count >= MaxBookOrders)
                throw new ApiProblemException(StatusCodes.Status409Conflict, "limit-reached", null);
            cursor = page.Next;
        }
        var zone = show.Venue.TimeZone;
        var book = SpreadsheetFile.Write(
            T("Pedidos", "Orders"),
            [
                (T("Pedido", "Order"), 12),
                (T("Situação", "State"), 22),
                (T("Feito em", "Placed at"), 18),
                (T("Data do evento", "Date of the event"), 18),
                (T("Nome", "Name"), 28),
                (T("Ingressos", "Tickets"), 10),
                ("Total", 14),
                (T("Moeda", "Currency"), 10),
            ],
            orders.Select(o =>
                (IReadOnlyList<object?>)
                    [
                        o.Number,
                        EventStates.OrderName(o.Status),
                        ServiceDefaults.Formats.Local(o.PlacedAt, zone).DateTime,
                        ServiceDefaults.Formats.Local(o.StartsAt, zone).DateTime,
                        o.BuyerName,
                        o.Tickets,
                        Number(o.Total),
                        o.Total.Currency,
                    ]
            )
        );
        return Results.Bytes(book, SpreadsheetFile.MediaType, $"{show.Slug}-{T("pedidos", "orders")}.xlsx");
    }

    private static Task<Page<TeamOrderItem>?> PageAsync(
        TicketingApi api,
        Guid eventId,
        string? search,
        string? status,
        string? cursor
    ) =>
        api.FindAsync<Page<TeamOrderItem>>(
            AppIds.Orders,
            "/api/v1/orders"
                + NextPage.Query(
                    ("eventId", $"{eventId}"),
                    ("q", RoomPage.Shortened(search, TeamOrdersPage.MaxSearch)),
                    ("status", status),
                    ("limit", PageSize),
                    ("cursor", cursor)
                )
        );

    private static string Time(DateTimeOffset at, string zone) =>
        ServiceDefaults.Formats.Local(at, zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
