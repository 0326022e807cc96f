namespace Ticketing.Sandbox.Stripe;

/// <summary>A page of a list, as Stripe answers it.</summary>
internal static class StripeList
{
    private const int DefaultLimit = 10;
    private const int MaxLimit = 100;

    public static int Size(int? limit) => Math.Clamp(limit ?? DefaultLimit, 1, MaxLimit);

    public static IResult Of(string url, bool hasMore, IEnumerable<object> data) =>
        Results.Json(
            new
            {
                @object = "list",
                url,
                has_more = hasMore,
                data,
            }
        );
}
