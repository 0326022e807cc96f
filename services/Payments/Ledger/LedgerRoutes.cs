using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Ledger;

internal static class LedgerRoutes
{
    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        var api = routes
            .MapGroup("/api/v1/payments")
            .WithTags("Payments")
            .RequireAuthorization(Auth.Admin)
            .ProducesProblem(401)
            .ProducesProblem(403);
        api.MapGet("/ledger", GetLedger.Postings).WithName("ListLedgerPostings");
        api.MapGet("/ledger/balances", GetLedger.Balances).WithName("GetLedgerBalances");
        api.MapGet("/reconciliation", Reconcile.Handle).WithName("ReconcilePayments").ProducesProblem(503);
        routes.MapInternal().MapGet("/organizers/{organizerId:guid}/totals", ListTotals.Handle);
    }
}
