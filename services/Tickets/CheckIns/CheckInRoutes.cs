using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.CheckIns;

internal static class CheckInRoutes
{
    public static void MapCheckIns(this WebApplication app)
    {
        var checkIns = app.MapGroup("/api/v1/check-ins").WithTags("Check-ins");
        checkIns
            .MapPost("/", CheckIn.Handle)
            .WithName("CheckIn")
            .WithIdempotency()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status410Gone);
        checkIns
            .MapGet("/", CountCheckIns.Handle)
            .WithName("CountCheckIns")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }
}
