using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Sandbox.Cards;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Stripe;

internal static partial class GetPaymentIntent
{
    private const int MaxFound = 10;

    public static async Task<IResult> Handle(
        string id,
        NpgsqlDataSource source,
        IOptions<PublicOptions> site,
        CancellationToken ct
    ) => Results.Json(PaymentIntent.Of(await FindAsync(id, source, ct), site.Value));

    public static async Task<CardCharge> FindAsync(string id, NpgsqlDataSource source, CancellationToken ct) =>
        await CardCharge.Table.FindAsync(source, "id = $1", PaymentIntent.Parse(id), ct) is [var charge]
            ? charge
            : throw StripeApiException.NoSuch("payment_intent", id);

    /// <summary>By the merchant's own id alone.</summary>
    /// <param name="query">metadata['payment_id']:'…'.</param>
    public static async Task<IResult> Search(
        string? query,
        NpgsqlDataSource source,
        IOptions<PublicOptions> site,
        CancellationToken ct
    )
    {
        if (ByReference().Match(query ?? "") is not { Success: true } match)
            throw new StripeApiException(400, StripeApiException.InvalidRequest, "Unsupported query.", param: "query");
        var charges = await CardCharge.Table.FindAsync(
            source,
            $"reference = $1 ORDER BY id LIMIT {MaxFound}",
            match.Groups[1].Value,
            ct
        );
        return Results.Json(
            new
            {
                @object = "search_result",
                url = "/v1/payment_intents/search",
                has_more = false,
                next_page = (string?)null,
                data = charges.Select(c => PaymentIntent.Of(c, site.Value)),
            }
        );
    }

    [GeneratedRegex(@"^metadata\['payment_id'\]:'([!-&(-~]{1,200})'\z")]
    private static partial Regex ByReference();
}
