namespace Ticketing.Sandbox.Cards;

internal static class CardRoutes
{
    public static void MapCards(this IEndpointRouteBuilder routes)
    {
        var merchant = routes
            .MapGroup("/sandbox/cards/charges")
            .WithTags("Sandbox: Cards")
            .RequireAuthorization(ApiKey.Merchant)
            .ProducesProblem(401);
        merchant.MapPost("/", CreateCharge.Handle).WithName("CreateCardCharge");
        merchant.MapGet("/", GetCharge.List).WithName("FindCardCharges");
        merchant.MapGet("/{id:guid}", GetCharge.Handle).WithName("GetCardCharge");
        merchant.MapPost("/{id:guid}/cancel", CancelCharge.Handle).WithName("CancelCardCharge");
        merchant.MapPut("/{id:guid}/refunds/{refundId}", RefundCharge.Handle).WithName("RefundCardCharge");

        var buyer = routes.MapGroup("/sandbox").WithTags("Sandbox: Cards").AllowAnonymous();
        buyer.MapPost("/cards/tokens", CreateToken.Handle).WithName("CreateCardToken");
        buyer.MapPost("/cards/charges/{id:guid}/dispute", DisputeCharge.Handle).WithName("DisputeCardCharge");
        buyer.MapGet("/3ds/{id:guid}", Challenge.Show).WithName("ShowChallenge");
        buyer.MapPost("/3ds/{id:guid}/approve", Challenge.Approve).WithName("ApproveChallenge");
        buyer.MapPost("/3ds/{id:guid}/fail", Challenge.Fail).WithName("FailChallenge");
    }
}
