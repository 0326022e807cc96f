namespace Ticketing.Payments.Webhooks;

internal static class WebhookRoutes
{
    public static void MapWebhooks(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/v1/payments/webhooks/{provider}", ReceiveWebhook.Handle)
            .WithName("ReceiveWebhook")
            .WithTags("Payments")
            .Accepts<object>("application/json")
            .ProducesProblem(400)
            .ProducesProblem(404)
            .ProducesProblem(413)
            .AllowAnonymous();
}
