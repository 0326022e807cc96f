using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Refunds;

internal static class RefundRoutes
{
    public static void MapRefunds(this IEndpointRouteBuilder routes)
    {
        var refunds = routes.MapInternal().MapGroup("/orders/{orderId:guid}/refunds");
        refunds.MapPost("/", StartRefund.Handle);
        refunds.MapPost("/parts", StartPartialRefund.Handle);
    }
}
