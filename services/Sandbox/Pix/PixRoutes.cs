namespace Ticketing.Sandbox.Pix;

internal static class PixRoutes
{
    public static void MapPix(this IEndpointRouteBuilder routes)
    {
        var merchant = routes
            .MapGroup("/sandbox/pix")
            .WithTags("Sandbox: Pix")
            .RequireAuthorization(ApiKey.Merchant)
            .ProducesProblem(401);
        merchant
            .MapPut("/charges/{txid}", PutPixCharge.Handle)
            .WithName("PutPixCharge")
            .ProducesProblem(409)
            .ProducesValidationProblem(422);
        merchant.MapGet("/charges/{txid}", GetPixCharge.Handle).WithName("GetPixCharge");
        merchant.MapDelete("/charges/{txid}", CancelPixCharge.Handle).WithName("CancelPixCharge").ProducesProblem(409);
        merchant
            .MapPut("/{e2eid}/refunds/{id}", RefundPix.Handle)
            .WithName("RefundPix")
            .ProducesProblem(409)
            .ProducesValidationProblem(422);

        var bank = routes.MapGroup("/sandbox/pix").WithTags("Sandbox: Pix").AllowAnonymous();
        bank.MapPost("/{txid}/pay", PayPix.Handle).WithName("PayPix").ProducesProblem(409);
        bank.MapPost("/{txid}/dispute", DisputePix.Handle).WithName("DisputePix").ProducesProblem(409);
    }
}
