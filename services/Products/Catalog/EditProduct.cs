using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Products.Holds;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

public static class EditProduct
{
    /// <summary>Only what is given changes. An explicit null clears description, salesStart or salesEnd.</summary>
    public sealed record Request
    {
        [StringLength(Product.MaxNameLength, MinimumLength = 1)]
        public string? Name { get; init; }

        [StringLength(Product.MaxDescriptionLength)]
        public string? Description
        {
            get;
            init => (field, DescriptionGiven) = (value, true);
        }

        /// <summary>For new holds; what is held or sold keeps its price. Only BRL.</summary>
        public Money? Price { get; init; }

        /// <summary>How many there are in all; never less than are held and sold.</summary>
        [Range(0, Product.MaxStock)]
        public int? Stock { get; init; }

        [Range(1, Product.MaxPerOrderLimit)]
        public int? MaxPerOrder { get; init; }

        public DateTimeOffset? SalesStart
        {
            get;
            init => (field, SalesStartGiven) = (value, true);
        }

        public DateTimeOffset? SalesEnd
        {
            get;
            init => (field, SalesEndGiven) = (value, true);
        }

        [JsonIgnore]
        internal bool DescriptionGiven { get; private init; }

        [JsonIgnore]
        internal bool SalesStartGiven { get; private init; }

        [JsonIgnore]
        internal bool SalesEndGiven { get; private init; }
    }

    /// <summary>Changes a product.</summary>
    /// <remarks>
    /// For owners and managers of the session's organizer. With If-Match only if nobody edited it since (412).
    /// Problem: stock-in-use (409) when the new stock is less than what is held and sold.
    /// </remarks>
    internal static async Task<Ok<ProductResponse>> Handle(
        Guid id,
        Request request,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        ClaimsPrincipal user,
        ProductsDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct
    )
    {
        var response = await db.InTransactionAsync(
            async token =>
            {
                var product = await db.LockOwnProductAsync(id, ifMatch, user, token);
                var before = product.Available;
                Apply(request, product);
                if ((before == 0) != (product.Available == 0))
                    db.Publish(await db.StockChangedAsync(product.Id, product.Available, token));
                var cancelled = await db.Sessions.AnyAsync(s => s.Id == product.SessionId && s.Cancelled, token);
                http.Response.Headers.ETag = product.ETag;
                return ProductResponse.From(product, cancelled, clock.GetUtcNow(), forTeam: true);
            },
            ct
        );
        return TypedResults.Ok(response);
    }

    private static void Apply(Request request, Product product)
    {
        if (request.Name is { } name)
            product.Name = ProductRules.Name(name);
        if (request.DescriptionGiven)
            product.Description = request.Description;
        if (request.Price is { } price)
            product.PriceAmount = ProductRules.PriceAmount(price);
        if (request.MaxPerOrder is { } most)
            product.MaxPerOrder = most;
        if (request.SalesStartGiven)
            product.SalesStart = request.SalesStart?.ToStored();
        if (request.SalesEndGiven)
            product.SalesEnd = request.SalesEnd?.ToStored();
        product.RequireWindow();
        if (request.Stock is { } stock)
            product.SetStock(stock);
        product.Version++;
    }
}
