namespace Ticketing.Web.Hosting;

/// <summary>What a browser says of whom a request is from (Fetch Metadata). Older ones say nothing.</summary>
internal static class FetchMetadata
{
    /// <summary>Of a script, which can neither show a sign-in nor come back from it.</summary>
    public static bool IsByScript(this HttpRequest request) =>
        request.Headers["Sec-Fetch-Mode"].ToString() is not ("" or "navigate");

    /// <summary>
    /// Of a page of ours, by the origin that <see cref="PublicOrigin"/> gives requests. No other site can say so: browsers set
    /// both headers themselves.
    /// </summary>
    public static bool IsFromHere(this HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site
            ? site == "same-origin"
            : request.Headers.Origin == $"{request.Scheme}://{request.Host}";
}
