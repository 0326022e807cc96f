namespace Ticketing.Sandbox.Cards;

internal static class CardRoutes
{
    public static void MapCards(this IEndpointRouteBuilder routes)
    {
        var buyer = routes.MapGroup("/sandbox").WithTags("Sandbox: Cards").AllowAnonymous();
        buyer.MapPost("/cards/tokens", CreateToken.Handle).WithName("CreateCardToken").ProducesValidationProblem(422);
        buyer.MapGet("/stripe.js", StripeScript.Handle).ExcludeFromDescription();
        buyer
            .MapPost("/cards/charges/{id:guid}/dispute", DisputeCharge.Handle)
            .WithName("DisputeCardCharge")
            .ProducesProblem(409);
        buyer
            .MapPost("/cards/charges/{id:guid}/dispute/win", DisputeCharge.Win)
            .WithName("WinCardDispute")
            .ProducesProblem(409);
        buyer
            .MapPost("/cards/charges/{id:guid}/dispute/lose", DisputeCharge.Lose)
            .WithName("LoseCardDispute")
            .ProducesProblem(409);
        buyer.MapGet("/3ds/{id:guid}", Challenge.Show).WithName("ShowChallenge");
        buyer.MapPost("/3ds/{id:guid}/approve", Challenge.Approve).WithName("ApproveChallenge").ProducesProblem(409);
        buyer.MapPost("/3ds/{id:guid}/fail", Challenge.Fail).WithName("FailChallenge").ProducesProblem(409);
    }
}
