using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Products.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

/// <summary>
/// Holds products for an order, all or nothing. Repeats extend the lease and answer the prices of the first time;
/// other items replace what is held, until the hold is committed.
/// </summary>
internal static class TakeHold
{
    private const int MaxProducts = 20;
    private const int MaxLeaseSeconds = 24 * 3600;

    public static async Task<Ok<ProductHold>> Handle(
        Guid orderId,
        HoldProducts request,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        Check(request);
        var wanted = request
            .Items.GroupBy(i => i.ProductId)
            .Select(g => (Id: g.Key, Quantity: g.Sum(i => i.Quantity)))
            .OrderBy(p => p.Id)
            .ToList();
        await using var command = source.CreateCommand("SELECT * FROM take_hold($1, $2, $3, $4, $5, $6)");
        command.Add(
            orderId,
            request.BuyerId,
            request.SessionId,
            wanted.Select(w => w.Id).ToArray(),
            wanted.Select(w => w.Quantity).ToArray(),
            request.LeaseSeconds
        );
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var outcome = row.GetString(0);
        return outcome == "held" ? TypedResults.Ok(Read(orderId, row)) : throw Refusal(outcome, row);
    }

    private static void Check(HoldProducts request)
    {
        if (request.LeaseSeconds is < 1 or > MaxLeaseSeconds)
            throw ProblemException.Invalid("leaseSeconds", $"From 1 to {MaxLeaseSeconds}.");
        if (request.Items.Count is 0 or > MaxProducts)
            throw ProblemException.Invalid("items", $"From 1 to {MaxProducts} products.");
        if (request.Items.Any(i => i.Quantity is < 1 or > Product.MaxPerOrderLimit))
            throw ProblemException.Invalid("items.quantity", $"From 1 to {Product.MaxPerOrderLimit}.");
    }

    private static ProductHold Read(Guid orderId, NpgsqlDataReader row)
    {
        var (ids, names, prices, quantities) = (
            row.GetFieldValue<Guid[]>(5),
            row.GetFieldValue<string[]>(6),
            row.GetFieldValue<long[]>(7),
            row.GetFieldValue<int[]>(8)
        );
        return new(
            orderId,
            row.GetFieldValue<DateTimeOffset>(4),
            [.. ids.Select((id, i) => new ProductLine(id, names[i], new(prices[i], Product.Currency), quantities[i]))]
        );
    }

    private static ProblemException Refusal(string code, NpgsqlDataReader row)
    {
        if (code == "not-found")
            return ProblemException.NotFound("hold");
        if (code == "hold-committed")
            return ProblemException.Conflict(code, "The products of this order were sold already.");
        if (row.IsDBNull(1))
            return ProblemException.Conflict(code, "A product of this order is sold out.");
        var name = row.IsDBNull(2) ? "" : row.GetString(2);
        var (status, detail) = code switch
        {
            "product-not-found" => (422, "The session does not sell this product."),
            "sale-not-open" => (409, $"{name} is not on sale now."),
            "limit-reached" => (409, $"At most {row.GetInt32(3)} of {name} an order."),
            _ => (409, $"Not enough of {name} is left."),
        };
        return new(status, code, detail)
        {
            Extensions = new Dictionary<string, object?> { ["productId"] = row.GetGuid(1) },
        };
    }
}
