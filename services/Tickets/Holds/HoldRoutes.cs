using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

internal static class HoldRoutes
{
    public static void AddHolds(this IServiceCollection services)
    {
        services.AddOptions<HoldOptions>().BindConfiguration("Tickets").ValidateDataAnnotations().ValidateOnStart();
        services.AddMetrics<HoldMetrics>();
        services.AddSampledGauge(HoldMetrics.Unbalanced);
        services.AddSingleton<HoldWriter>();
        services.AddHostedService(sp => sp.GetRequiredService<HoldWriter>());
        services.AddSingleton<HoldReader>();
        services.AddHostedService<HoldSweeper>();
    }

    public static void MapHolds(this WebApplication app)
    {
        var holds = app.MapGroup("/api/v1/holds").WithTags("Holds");
        holds
            .MapPost("/", CreateHold.Handle)
            .WithName("CreateHold")
            .WithMetadata(new IdempotentEndpoint())
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        holds.MapGet("/{id:guid}", GetHold.Handle).WithName("GetHold").ProducesProblem(StatusCodes.Status404NotFound);
        holds
            .MapDelete("/{id:guid}", ReturnHold.Handle)
            .WithName("ReturnHold")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

        var requests = app.MapInternal().MapGroup("/holds/{holdId:guid}");
        requests.MapPost("/attach", AttachHold.Handle);
        requests.MapPost("/commit", CommitHold.Handle);
        requests.MapPost("/release", ReleaseHold.Handle);
    }
}
