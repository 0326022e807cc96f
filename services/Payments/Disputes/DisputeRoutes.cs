using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Disputes;

internal static class DisputeRoutes
{
    public static void MapDisputes(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/v1/payments/disputes", ListDisputes.Handle)
            .WithTags("Payments")
            .WithName("ListDisputes")
            .RequireAuthorization(Auth.Admin)
            .ProducesProblem(401)
            .ProducesProblem(403);
        var api = routes.MapInternal();
        api.MapGet("/orders/{orderId:guid}/disputes", ListDisputes.OfOrder);
        api.MapPost("/orders/{orderId:guid}/disputes/{disputeId:guid}/evidence", AnswerDispute.Handle);
    }
}
