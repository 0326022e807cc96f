using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

internal static class CatalogRoutes
{
    public static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1/products").WithTags("Products");
        api.MapPost("", CreateProduct.Handle)
            .WithName("CreateProduct")
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesProblem(422)
            .WithIdempotency();
        api.MapGet("", ListProducts.Handle)
            .WithName("ListProducts")
            .Produces<Page<ProductResponse>>()
            .Produces(304)
            .ProducesProblem(404)
            .ProducesValidationProblem()
            .AllowAnonymous();
        api.MapGet("/{id:guid}", GetProduct.Handle)
            .Rehearsed()
            .WithName("GetProduct")
            .ProducesProblem(404)
            .AllowAnonymous();
        api.MapPatch("/{id:guid}", EditProduct.Handle)
            .WithName("EditProduct")
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesProblem(412)
            .ProducesProblem(422);
        api.MapDelete("/{id:guid}", HideProduct.Handle)
            .WithName("HideProduct")
            .ProducesProblem(404)
            .ProducesProblem(412);
    }
}
