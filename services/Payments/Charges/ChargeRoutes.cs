using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Charges;

internal static class ChargeRoutes
{
    public static void MapCharges(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapInternal();
        api.MapPost("/payments", OpenPayment.Handle)
            .Rehearsed(
                $$"""
                {
                  "orderId": "{{Guid.Empty}}", "attempt": 0, "orderNumber": "", "amount": { "amount": 1, "currency": "BRL" },
                  "method": "pix", "payerName": "", "expiresAt": "2000-01-01T00:00:00Z",
                  "organizerId": "{{Guid.Empty}}", "eventId": "{{Guid.Empty}}", "platformFee": 0
                }
                """
            );
        api.MapPost("/orders/{orderId:guid}/close", ClosePayment.Handle).Rehearsed();
    }
}
