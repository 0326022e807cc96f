using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Payouts;

internal static class PayoutRoutes
{
    public const string Batches = "/api/v1/payments/payout-batches";
    private const string Payouts = "/api/v1/payments/payouts";

    public static void AddPayouts(this IServiceCollection services)
    {
        services.AddEncryptedColumns(OrganizerAccount.DetailsColumn);
        services.AddSingleton<OrganizerAccounts>();
        services.AddSingleton<PayoutReader>();
        // A payment does not wait for the dates of shows.
        services.AddEventsPull(SessionEnd.ApplyAsync, awaited: false);
    }

    public static void MapPayouts(this IEndpointRouteBuilder routes)
    {
        var api = routes
            .MapGroup("")
            .WithTags("Payments")
            .RequireAuthorization(Auth.Admin)
            .ProducesProblem(401)
            .ProducesProblem(403);
        api.MapPost(Batches, CreateBatch.Handle).WithName("CreatePayoutBatch").ProducesProblem(409);
        api.MapGet(Batches, ListPayouts.Batches).WithName("ListPayoutBatches");
        api.MapGet($"{Batches}/{{id:guid}}", ListPayouts.Batch).WithName("GetPayoutBatch").ProducesProblem(404);
        api.MapGet($"{Batches}/{{id:guid}}/file", GetBatchFile.Handle)
            .WithName("GetPayoutFile")
            .Produces(200, contentType: "text/csv")
            .ProducesProblem(404);
        api.MapPost($"{Batches}/{{id:guid}}/paid", EndPayout.BatchIsPaid)
            .WithName("ConfirmPayoutBatch")
            .ProducesProblem(404);
        api.MapGet(Payouts, ListPayouts.Handle).WithName("ListPayouts");
        api.MapPost($"{Payouts}/{{id:guid}}/paid", EndPayout.IsPaid)
            .WithName("ConfirmPayout")
            .ProducesProblem(404)
            .ProducesProblem(409);
        api.MapPost($"{Payouts}/{{id:guid}}/failed", EndPayout.HasFailed)
            .WithName("FailPayout")
            .ProducesProblem(404)
            .ProducesValidationProblem();

        var organizers = routes.MapInternal().MapGroup("/organizers/{organizerId:guid}");
        organizers.MapGet("/balance", Payments.Payouts.Balances.Handle);
        organizers.MapGet("/payouts", ListPayouts.OfOrganizer);
        organizers.MapPut("/payout-account", SetAccount.Handle);
    }
}
