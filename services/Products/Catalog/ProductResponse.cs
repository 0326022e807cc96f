using Ticketing.Contracts;

namespace Ticketing.Products.Catalog;

/// <summary>An add-on that is bought together with tickets of its session.</summary>
/// <param name="Price">Price of one, in minor units (cents).</param>
/// <param name="Available">How many can be taken right now; others may take them first.</param>
/// <param name="MaxPerOrder">How many one order may take.</param>
/// <param name="SalesStart">Sold from then on; null: at once.</param>
/// <param name="SalesEnd">Sold until then; null: as long as the session's tickets.</param>
/// <param name="Stock">Only shown to the organizer's team.</param>
/// <param name="Version">Quoted, it is its ETag.</param>
public sealed record ProductResponse(
    Guid Id,
    Guid SessionId,
    string Name,
    string? Description,
    Money Price,
    ProductStatus Status,
    int Available,
    int MaxPerOrder,
    DateTimeOffset? SalesStart,
    DateTimeOffset? SalesEnd,
    ProductStock? Stock,
    long Version
)
{
    internal static ProductResponse From(Product p, bool sessionCancelled, DateTimeOffset now, bool forTeam) =>
        new(
            p.Id,
            p.SessionId,
            p.Name,
            p.Description,
            p.Price,
            StatusOf(p, sessionCancelled, now),
            p.Available,
            p.MaxPerOrder,
            p.SalesStart,
            p.SalesEnd,
            forTeam ? new(p.Capacity, p.Available, p.Held, p.Sold) : null,
            p.Version
        );

    private static ProductStatus StatusOf(Product p, bool sessionCancelled, DateTimeOffset now) =>
        p switch
        {
            { Hidden: true } => ProductStatus.Hidden,
            _ when sessionCancelled || p.SalesEnd <= now => ProductStatus.Closed,
            _ when p.SalesStart > now => ProductStatus.Upcoming,
            { Available: 0 } => ProductStatus.SoldOut,
            _ => ProductStatus.OnSale,
        };
}

/// <summary>Whether it can be bought now: upcoming before its sales window, closed after it or when the session is cancelled, hidden when the organizer withdrew it.</summary>
public enum ProductStatus
{
    OnSale,
    SoldOut,
    Upcoming,
    Closed,
    Hidden,
}

/// <summary>Where the stock is: capacity = available + held + sold.</summary>
/// <param name="Held">In orders that are not paid yet.</param>
public sealed record ProductStock(int Capacity, int Available, int Held, int Sold);
