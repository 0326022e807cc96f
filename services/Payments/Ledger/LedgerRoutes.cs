using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Ledger;

internal static class LedgerRoutes
{
    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        var api = routes
            .MapGroup("/api/v1/payments/ledger")
            .WithTags("Payments")
            .RequireAuthorization(Auth.Admin)
            .ProducesProblem(401)
            .ProducesProblem(403);
        api.MapGet("/", GetLedger.Postings).WithName("ListLedgerPostings");
        api.MapGet("/balances", GetLedger.Balances).WithName("GetLedgerBalances");
        routes.MapInternal().MapGet("/organizers/{organizerId:guid}/totals", ListTotals.Handle);
    }
}
