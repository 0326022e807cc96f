using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

internal static class CheckoutRoutes
{
    private const string Orders = "/api/v1/orders";

    public static string LocationOf(Guid orderId) => $"{Orders}/{orderId}";

    public static void MapCheckout(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup(Orders).WithTags("Orders");
        orders
            .MapPost("/", PlaceOrder.Handle)
            .WithName("PlaceOrder")
            .WithIdempotency()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesValidationProblem(422)
            .ProducesProblem(503);
        orders.MapGet("/{id:guid}", GetOrder.Handle).WithName("GetOrder").ProducesProblem(404);
        orders.MapGet("/", ListOrders.OfEvent).WithName("ListEventOrders").ProducesProblem(404);
        orders
            .MapPost("/{id:guid}/payments", RetryPayment.Handle)
            .WithName("RetryPayment")
            .WithIdempotency()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesValidationProblem(422);
        orders
            .MapPost("/{id:guid}/cancel", CancelOrder.Handle)
            .WithName("CancelOrder")
            .ProducesProblem(404)
            .ProducesProblem(409);
        routes.MapGet("/api/v1/me/orders", ListOrders.Mine).WithTags("Orders").WithName("ListMyOrders");

        routes.MapEvent<OrderPlaced>(OnOrderPlaced.Handle);
        routes.MapEvent<PaymentSettled>(OnPaymentSettled.Handle);
        routes.MapEvent<OrdersDb, PaymentFailed>(OnPaymentFailed.Handle);
        routes.MapEvent<OrdersDb, UserErased>(OnUserErased.Handle);
        routes.MapTeamMembers<OrdersDb>();
    }
}
