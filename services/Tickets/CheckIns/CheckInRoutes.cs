using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.CheckIns;

internal static class CheckInRoutes
{
    public static void AddCheckIns(this IServiceCollection services) => services.AddSingleton<TypedNumbers>();

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
            .MapPost("/by-number", CheckInByNumber.Handle)
            .WithName("CheckInByNumber")
            .WithIdempotency()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status410Gone)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        checkIns
            .MapPost("/batch", MergeCheckIns.Handle)
            .WithName("MergeCheckIns")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound);
        app.MapGet("/api/v1/check-in-lists/{sessionId:guid}", GetCheckInList.Handle)
            .WithTags("Check-ins")
            .WithName("GetCheckInList")
            .Produces<GetCheckInList.Response>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        app.MapGet("/api/v1/check-in-lists/{sessionId:guid}/attendees", ListAttendees.Handle)
            .WithTags("Check-ins")
            .WithName("ListAttendees")
            .ProducesProblem(StatusCodes.Status404NotFound);
        checkIns
            .MapGet("/", CountCheckIns.Handle)
            .WithName("CountCheckIns")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }
}
