using Ticketing.Contracts;
using Ticketing.Web.Api;
using Ticketing.Web.Language;

namespace Ticketing.Web.Buyer;

/// <summary>What is no page: the calendar's file, the seat map's data, the wait for a payment, the export.</summary>
internal static class BuyerRoutes
{
    private const int WaitSeconds = 25;

    public static void MapBuyer(this WebApplication app)
    {
        app.MapGet("/eventos/{slug}/agenda.ics", CalendarAsync).AllowAnonymous();
        app.MapGet("/eventos/{slug}/sessoes/{id:guid}/lugares.json", SeatsAsync).AllowAnonymous();
        app.MapGet("/pedidos/{id:guid}/mudou", ChangedAsync);
        app.MapGet("/ingressos/{id:guid}/pdf", PdfAsync).AllowAnonymous();
        app.MapGet("/conta/dados", ExportAsync);
    }

    private static async Task<IResult> CalendarAsync(string slug, Guid? sessao, TicketingApi api)
    {
        var show = await api.FindAsync<EventView>(AppIds.Events, $"/api/v1/events/{Uri.EscapeDataString(slug)}");
        if (show?.Sessions.Any(s => s.Id == sessao) != true)
            return Results.NotFound();
        var (content, type) = await api.DownloadAsync(AppIds.Events, $"/api/v1/sessions/{sessao}/calendar");
        return Results.Bytes(content, $"{type}; charset=utf-8");
    }

    /// <summary>The seats with their prices, short: rows of number, id, place, whom for where that is said, free or not.</summary>
    private static async Task<IResult> SeatsAsync(string slug, Guid id, TicketingApi api, HttpContext http)
    {
        var seats = api.GetAsync<SeatMap>(AppIds.Tickets, $"/api/v1/sessions/{id}/seats");
        var types = await api.GetAsync<Availability>(AppIds.Tickets, $"/api/v1/sessions/{id}/availability");
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Json(
            new
            {
                types = types
                    .TicketTypes.Where(t => t.Seated)
                    .Select(t => new
                    {
                        id = t.Id,
                        name = t.Name,
                        price = t.Price.Amount,
                        shown = PageFormats.Of(t.Price),
                        open = t.Status == "available",
                    }),
                sections = (await seats).Sections.Select(s => new
                {
                    name = s.Name,
                    types = s.TicketTypeIds,
                    tables = s.Kind == "tables",
                    rows = s.Rows.Select(r => new
                    {
                        name = r.Row,
                        seats = r.Seats.Select(x => new
                        {
                            id = x.Id,
                            n = x.Number,
                            kind = x.Kind == "standard" ? null : x.Kind,
                            x.X,
                            x.Y,
                            free = x.Status == "free",
                        }),
                    }),
                }),
            }
        );
    }

    /// <summary>Answers when the order is another than the page shows, at the latest after the API's longest wait.</summary>
    private static async Task<IResult> ChangedAsync(Guid id, string? mark, TicketingApi api)
    {
        var order = await api.FindAsync<Order>(AppIds.Orders, $"/api/v1/orders/{id}");
        if (order is not null && OrderMark.Of(order) == mark)
            order = await api.FindAsync<Order>(AppIds.Orders, $"/api/v1/orders/{id}?wait={WaitSeconds}");
        return order is null ? Results.NotFound() : Results.Json(new { changed = OrderMark.Of(order) != mark });
    }

    /// <summary>The document behind a mail's link. What that link is no longer good for is told as a page, not in the API's words.</summary>
    private static async Task<IResult> PdfAsync(Guid id, string? key, TicketingApi api, HttpContext http)
    {
        using var pdf = await api.OpenAsync(
            AppIds.Tickets,
            $"/api/v1/tickets/{id}/pdf{(key is null ? QueryString.Empty : QueryString.Create("key", key))}"
        );
        http.Response.Headers.CacheControl = "private, no-store";
        http.Response.Headers.ContentDisposition = pdf.Content.Headers.ContentDisposition?.ToString();
        return Results.Bytes(await pdf.Content.ReadAsByteArrayAsync(http.RequestAborted), "application/pdf");
    }

    private static async Task<IResult> ExportAsync(TicketingApi api)
    {
        var (content, type) = await api.DownloadAsync(AppIds.Users, "/api/v1/me/export");
        return Results.Bytes(content, type, type == "application/zip" ? "ticketing.zip" : "ticketing.json");
    }
}

/// <summary>What of an order a page shows: another mark is another page.</summary>
internal static class OrderMark
{
    public static string Of(Order order) =>
        $"{order.Status}-{order.Payment?.Attempt}-{order.Payment?.Status}-{order.Payment?.Pix is not null}-{order.Tickets.Count}-{order.Refund?.Completed}-{order.PartialRefunds.Count(r => r.Completed)}";
}
