using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Orders.Disputing;
using Ticketing.Orders.Placing;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Reading;

/// <summary>Lists, newest first if nobody says otherwise.</summary>
internal static class ListOrders
{
    /// <summary>Orders of mine.</summary>
    /// <remarks>Newest first.</remarks>
    /// <param name="status">Only these: pending, awaitingPayment, paid, fulfilled, expired, cancelled, refunded.</param>
    internal static async Task<Ok<Page<OrderItem>>> Mine(
        [AsParameters] PageQuery page,
        string? status,
        ClaimsPrincipal user,
        OrdersDb db,
        CancellationToken ct
    )
    {
        var person = user.UserId();
        return TypedResults.Ok(
            await PageAsync(db, db.Orders.Where(o => o.BuyerId == person), asTeam: false, page, status, ct)
        );
    }

    /// <summary>Orders of an event.</summary>
    /// <remarks>For the organizer's owner, managers and finance. The buyer's name is shown only if the buyer agreed.</remarks>
    /// <param name="eventId">An event of your organizer.</param>
    /// <param name="q">
    /// Only what somebody asks for: the beginning of an order's number, a ticket's number, the beginnings of the buyer's names, or
    /// the buyer's whole e-mail address. By names and address only orders of buyers who agreed are found; case and accents do not
    /// matter.
    /// </param>
    /// <param name="number">Only the order of this number, as people read it to each other; case does not matter.</param>
    /// <param name="status">Only these: pending, awaitingPayment, paid, fulfilled, expired, cancelled, refunded.</param>
    /// <param name="sort">
    /// By -placed (newest first, if not given), placed, number, buyer (whose name is not shown last), tickets, total or status; with a
    /// hyphen before it, backwards. All but placed of up to 1,000 orders.
    /// </param>
    /// <response code="404">No such event of yours.</response>
    /// <response code="422">
    /// <c>too-many-found</c>: the search finds more than 1,000 orders, or more are to be sorted by what no index has.
    /// </response>
    internal static async Task<Ok<Page<OrderItem>>> OfEvent(
        Guid eventId,
        [MaxLength(OrderSearch.MaxLength)] string? q,
        [MaxLength(OrderNumber.Length * 2)] string? number,
        string? status,
        [AllowedValues(
            null,
            "placed",
            "-placed",
            "number",
            "-number",
            "buyer",
            "-buyer",
            "tickets",
            "-tickets",
            "total",
            "-total",
            "status",
            "-status"
        )]
            string? sort,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        OrdersDb db,
        OrderSearch search,
        Peers peers,
        CancellationToken ct
    )
    {
        // All orders of an event are of one organizer; of an event without orders only Events knows it.
        var organizer =
            await db
                .Orders.Where(o => o.EventId == eventId)
                .OrderBy(o => o.Id)
                .Select(o => (Guid?)o.OrganizerId)
                .FirstOrDefaultAsync(ct)
            ?? (await peers.FindAsync<EventOwner>(AppIds.Events, $"internal/events/{eventId}", ct))?.OrganizerId;
        if (organizer is not { } id || !await db.IsTeamMemberAsync(id, user.UserId(), TeamRole.Finance, ct))
            throw ProblemException.NotFound("event");
        var orders = db.Orders.Where(o => o.EventId == eventId);
        if (number is not null)
        {
            var wanted = number.Trim().ToUpperInvariant();
            orders = orders.Where(o => o.Number == wanted);
        }
        if (!string.IsNullOrWhiteSpace(q))
        {
            var found = await search.FindAsync(eventId, q, ct);
            orders = orders.Where(o => found.Contains(o.Id));
        }
        return TypedResults.Ok(
            sort is null or "placed" or "-placed"
                ? await PageAsync(db, orders, asTeam: true, page, status, ct, oldestFirst: sort == "placed")
                : await SortedAsync(db, orders, page, status, sort, ct)
        );
    }

    private static async Task<Page<OrderItem>> SortedAsync(
        OrdersDb db,
        IQueryable<Order> orders,
        PageQuery page,
        string? status,
        string sort,
        CancellationToken ct
    )
    {
        if (await orders.OrderBy(o => o.Id).Skip(Page.MaxSorted).AnyAsync(ct))
            throw Page.TooMany();
        if (status is not null)
        {
            var wanted = Parse(status);
            orders = orders.Where(o => o.Status == wanted);
        }
        var descending = sort.StartsWith('-');
        Func<OrderItem, string> key = sort.TrimStart('-') switch
        {
            "buyer" => o =>
                o.BuyerName is { } name ? TextFolding.Fold(name)
                : descending ? ""
                : "\uffff",
            "tickets" => o => $"{o.Tickets:D10}",
            "total" => o => $"{o.Total.Amount:D19}",
            "status" => o => $"{(int)o.Status}",
            _ => o => o.Number,
        };
        return Page.Sorted(await Items(db, orders, asTeam: true).ToListAsync(ct), key, o => o.Id, descending, page);
    }

    /// <summary>As in the answers: camelCase. The framework would read only the names of the code.</summary>
    private static OrderStatus Parse(string status) =>
        Enum.GetValues<OrderStatus>()
            .Cast<OrderStatus?>()
            .FirstOrDefault(s => string.Equals($"{s}", status, StringComparison.OrdinalIgnoreCase))
        ?? throw new ProblemException(400, "invalid", "There is no such status.")
        {
            Errors = new Dictionary<string, string[]> { ["status"] = ["No status of an order."] },
        };

    /// <summary>
    /// A page by status looks at so many orders, however rare the status is: it may be short of its limit, or empty, and
    /// still have a next one.
    /// </summary>
    private const int FilterWindow = 1_000;

    private static async Task<Page<OrderItem>> PageAsync(
        OrdersDb db,
        IQueryable<Order> orders,
        bool asTeam,
        PageQuery page,
        string? status,
        CancellationToken ct,
        bool oldestFirst = false
    )
    {
        if (page.AfterId() is { } after)
        {
            orders = oldestFirst ? orders.Where(o => o.Id > after) : orders.Where(o => o.Id < after);
        }
        orders = InOrder(orders);
        Guid? windowEnd = null;
        if (status is not null)
        {
            var wanted = Parse(status);
            windowEnd = await orders.Skip(FilterWindow - 1).Select(o => (Guid?)o.Id).FirstOrDefaultAsync(ct);
            orders = InOrder(orders.Take(FilterWindow).Where(o => o.Status == wanted));
        }
        var rows = await Items(db, orders.Take(page.Take() + 1), asTeam).ToListAsync(ct);
        var found = Page.Of(rows, page.Take(), row => row.Id.ToString());
        return found.Next is null && windowEnd is { } end ? found with { Next = Cursor.Encode(end.ToString()) } : found;

        IQueryable<Order> InOrder(IQueryable<Order> some) =>
            oldestFirst ? some.OrderBy(o => o.Id) : some.OrderByDescending(o => o.Id);
    }

    private static IQueryable<OrderItem> Items(OrdersDb db, IQueryable<Order> orders, bool asTeam) =>
        orders.Select(o => new OrderItem(
            o.Id,
            o.Number,
            o.Status,
            o.EventId,
            o.EventTitle,
            o.SessionId,
            o.StartsAt,
            !asTeam || db.OrganizerConsents.Any(c => c.UserId == o.BuyerId && c.Granted) ? o.BuyerName : null,
            o.TicketCount,
            new Money(o.Total, o.Currency),
            o.PlacedAt,
            o.ExpiresAt,
            o.DisputeStatus
        ));
}

/// <summary>An order in a list.</summary>
/// <param name="BuyerName">Null for the team of the organizer, unless the buyer agreed.</param>
/// <param name="Tickets">How many.</param>
/// <param name="Dispute">Its money was asked back by a bank: open, won or lost; null: it was not.</param>
public sealed record OrderItem(
    Guid Id,
    string Number,
    OrderStatus Status,
    Guid EventId,
    string EventTitle,
    Guid SessionId,
    DateTimeOffset StartsAt,
    string? BuyerName,
    int Tickets,
    Money Total,
    DateTimeOffset PlacedAt,
    DateTimeOffset ExpiresAt,
    DisputeStatus? Dispute
);
