using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Gateway.ApiDocument;

/// <summary>The whole API at <c>/openapi/v1.json</c>, put together from what each service serves; kept for a while.</summary>
internal sealed class MergedDocument(Peers peers, IOptions<PublicOptions> origin, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);
    private static readonly string[] Services =
    [
        AppIds.Users,
        AppIds.Events,
        AppIds.Tickets,
        AppIds.Products,
        AppIds.Orders,
        AppIds.Payments,
    ];

    private (JsonObject Document, DateTimeOffset Until)? cached;

    public async Task<IResult> ServeAsync(bool withSandbox, CancellationToken ct)
    {
        if (cached is not { } kept || kept.Until < time.GetUtcNow())
        {
            IEnumerable<string> services = withSandbox ? [.. Services, AppIds.Sandbox] : Services;
            var documents = await Task.WhenAll(
                services.Select(async s => (s, await peers.GetAsync<JsonObject>(s, "openapi/v1.json", ct)))
            );
            kept = (DocumentMerge.Merge(origin.Value.BaseUrl, documents), time.GetUtcNow() + Kept);
            cached = kept;
        }
        return Results.Json(kept.Document);
    }
}
