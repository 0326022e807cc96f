namespace Ticketing.Sandbox.Pix;

internal static class PixRoutes
{
    public static void MapPix(this IEndpointRouteBuilder routes)
    {
        var bank = routes.MapGroup("/sandbox/pix").WithTags("Sandbox: Pix").AllowAnonymous();
        bank.MapPost("/{txid}/pay", PayPix.Handle).WithName("PayPix").ProducesProblem(409);
        bank.MapPost("/{txid}/dispute", DisputePix.Handle).WithName("DisputePix").ProducesProblem(409);
        bank.MapPost("/{txid}/dispute/win", DisputePix.Win).WithName("WinPixDispute").ProducesProblem(409);
        bank.MapPost("/{txid}/dispute/lose", DisputePix.Lose).WithName("LosePixDispute").ProducesProblem(409);
    }
}
