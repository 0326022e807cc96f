using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

public static class EditProduct
{
    /// <param name="Price">For new holds; what is held or sold keeps its price. Only BRL.</param>
    /// <param name="Stock">How many there are in all; never less than are held and sold.</param>
    /// <param name="Hidden">Withdrawn from sale, as by DELETE; false: on sale again.</param>
    public sealed record Request(
        [property: StringLength(Product.MaxNameLength, MinimumLength = 1)] string? Name = null,
        Clearable<string>? Description = null,
        Money? Price = null,
        [property: Range(0, Product.MaxStock)] int? Stock = null,
        [property: Range(1, Product.MaxPerOrderLimit)] int? MaxPerOrder = null,
        Clearable<DateTimeOffset?>? SalesStart = null,
        Clearable<DateTimeOffset?>? SalesEnd = null,
        bool? Hidden = null
    );

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
        Actor actor,
        ProductsDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct
    )
    {
        var response = await db.InTransactionAsync(
            async token =>
            {
                var (product, session) = await db.LockOwnProductAsync(id, ifMatch, user, token);
                var (before, wasHidden) = (product.PriceAmount, product.Hidden);
                Apply(request, product);
                if (product.PriceAmount != before)
                    db.Record(
                        actor.Did(
                            "product.price-changed",
                            session.OrganizerId,
                            id,
                            null,
                            ("priceBefore", before),
                            ("priceAfter", product.PriceAmount)
                        )
                    );
                if (product.Hidden != wasHidden)
                    db.Record(actor.Did(product.Hidden ? "product.hidden" : "product.shown", session.OrganizerId, id));
                http.Response.SetETag(product.Version);
                return ProductResponse.From(product, session.Cancelled, clock.GetUtcNow(), forTeam: true);
            },
            ct
        );
        return TypedResults.Ok(response);
    }

    private static void Apply(Request request, Product product)
    {
        if (request.Name is { } name)
            product.Name = ProductRules.Name(name);
        if (request.Description?.Value?.Length > Product.MaxDescriptionLength)
            throw ProblemException.Invalid("description", $"At most {Product.MaxDescriptionLength} characters.");
        product.Description = request.Description.Or(product.Description);
        if (request.Price is { } price)
            product.PriceAmount = ProductRules.PriceAmount(price);
        product.MaxPerOrder = request.MaxPerOrder ?? product.MaxPerOrder;
        product.SalesStart = request.SalesStart.Or(product.SalesStart)?.ToStored();
        product.SalesEnd = request.SalesEnd.Or(product.SalesEnd)?.ToStored();
        product.RequireWindow();
        product.Hidden = request.Hidden ?? product.Hidden;
        if (request.Stock is { } stock)
            product.SetStock(stock);
        product.Version++;
    }
}
