using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunds;

internal static class RefundRoutes
{
    public static void MapRefunds(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/api/v1/orders/{id:guid}/refunds", RequestRefund.Handle)
            .WithTags("Orders")
            .WithName("RequestRefund")
            .WithIdempotency()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesValidationProblem(422);

        routes.MapEvent<PaymentRefunded>(OnPaymentRefunded.Handle);
        routes.MapEvent<OrdersDb, EventCancelled>(OnEventCancelled.Handle);
        routes.MapEvent<OrdersDb, EventChanged>(OnEventCancelled.HandleSessions);
    }
}
