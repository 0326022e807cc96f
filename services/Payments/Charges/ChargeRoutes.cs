using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Charges;

internal static class ChargeRoutes
{
    public static void MapCharges(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapInternal();
        api.MapPost("/payments", OpenPayment.Handle);
        api.MapPost("/orders/{orderId:guid}/close", ClosePayment.Handle);
    }
}
