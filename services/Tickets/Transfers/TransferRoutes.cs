using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Transfers;

internal static class TransferRoutes
{
    public static void AddTransfers(this IServiceCollection services)
    {
        services.AddRetention(Transfer.Retention);
        services.AddHostedService<TransferSweeper>();
    }

    public static void MapTransfers(this WebApplication app)
    {
        app.MapGet("/api/v1/me/transfers", ListMyTransfers.Handle)
            .WithName("ListMyTransfers")
            .WithTags("Transfers")
            .ProducesValidationProblem();
        var transfers = app.MapGroup("/api/v1/tickets/{id:guid}/transfers").WithTags("Transfers");
        transfers
            .MapPost("/", OfferTransfer.Handle)
            .WithName("OfferTransfer")
            .WithIdempotency()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        transfers
            .MapGet("/{transferId:guid}", GetTransfer.Handle)
            .WithName("GetTransfer")
            .AllowAnonymous()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);
        transfers
            .MapDelete("/{transferId:guid}", WithdrawTransfer.Handle)
            .WithName("WithdrawTransfer")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        transfers
            .MapPost("/{transferId:guid}/accept", AcceptTransfer.Handle)
            .WithName("AcceptTransfer")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        transfers
            .MapPost("/{transferId:guid}/decline", DeclineTransfer.Handle)
            .WithName("DeclineTransfer")
            .AllowAnonymous()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }
}
