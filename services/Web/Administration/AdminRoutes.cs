using Ticketing.Contracts;
using Ticketing.Web.Api;

namespace Ticketing.Web.Administration;

/// <summary>What is no page: the file that a batch's payouts are made from at the bank.</summary>
internal static class AdminRoutes
{
    public static void MapAdministration(this WebApplication app) =>
        app.MapGet("/administracao/repasses/{batchId:guid}/arquivo.csv", BatchAsync);

    /// <summary>As the API writes it, passed on as it comes: whole account numbers are in it, and nothing keeps them here.</summary>
    private static async Task<IResult> BatchAsync(Guid batchId, TicketingApi api, HttpContext http)
    {
        try
        {
            var file = await api.OpenAsync(AppIds.Payments, $"/api/v1/payments/payout-batches/{batchId}/file");
            http.Response.RegisterForDispose(file);
            return Results.Stream(
                await file.Content.ReadAsStreamAsync(http.RequestAborted),
                "text/csv; charset=utf-8",
                $"repasses-{batchId}.csv"
            );
        }
        catch (ApiProblemException p) when (p.Status is StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound)
        {
            return Results.NotFound();
        }
    }
}
