using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

internal static class HoldRoutes
{
    private const int KeepDays = 30;

    public static void AddHolds(this IServiceCollection services)
    {
        services.AddOptions<HoldOptions>().BindConfiguration("Tickets").ValidateDataAnnotations().ValidateOnStart();
        services.AddMetrics<HoldMetrics>();
        services.AddSampledGauge(HoldMetrics.Unbalanced);
        services.AddSingleton<HoldWriter>();
        services.AddHostedService(sp => sp.GetRequiredService<HoldWriter>());
        services.AddSingleton<HoldReader>();
        services.AddHostedService<HoldSweeper>();
        services.AddRetention(
            new RetentionRule(
                "holds",
                $"status NOT IN ('Held', 'Ordered') AND id < first_id(now() - interval '{KeepDays} days')",
                "A provider tells of a late payment within days. Tickets say themselves what was sold, so a commit that is "
                    + "asked for again, a refund, the door and the audit do without; a key is replayed for a day."
            ),
            new RetentionRule(
                "hold_items",
                $"hold_id < first_id(now() - interval '{KeepDays + 1} days')",
                "A day after their hold: a foreign key would be checked for each hold of an on-sale."
            )
        );
    }

    public static void MapHolds(this WebApplication app)
    {
        var holds = app.MapGroup("/api/v1/holds").WithTags("Holds");
        holds
            .MapPost("/", CreateHold.Handle)
            .Rehearsed(
                $$"""
                { "sessionId": "{{Guid.Empty}}", "items": [{ "ticketTypeId": "{{Guid.Empty}}", "quantity": 1 }] }
                """
            )
            .WithName("CreateHold")
            .WithMetadata(new IdempotentEndpoint())
            .Produces<HoldView>(StatusCodes.Status201Created)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        holds
            .MapGet("/{id:guid}", GetHold.Handle)
            .Rehearsed()
            .WithName("GetHold")
            .ProducesProblem(StatusCodes.Status404NotFound);
        holds
            .MapDelete("/{id:guid}", ReturnHold.Handle)
            .WithName("ReturnHold")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

        var requests = app.MapInternal().MapGroup("/holds/{holdId:guid}");
        requests
            .MapPost("/attach", AttachToOrder.Handle)
            .Rehearsed($$"""{ "buyerId": "{{Guid.Empty}}", "leaseSeconds": 1 }""");
        requests
            .MapPost("/commit", CommitAndIssue.Handle)
            .Rehearsed(
                $$"""{ "buyerId": "{{Guid.Empty}}", "buyerName": "Ninguém", "attendees": [], "orderNumber": "NONE" }"""
            );
        requests.MapPost("/release", ReleaseHold.Handle);
    }
}
