using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Refunds;

internal static class RefundRoutes
{
    public static void MapRefunds(this IEndpointRouteBuilder routes) =>
        routes.MapInternal().MapPost("/orders/{orderId:guid}/refunds", StartRefund.Handle);
}
