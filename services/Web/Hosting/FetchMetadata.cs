namespace Ticketing.Web.Hosting;

/// <summary>What a browser says of whom a request is from (Fetch Metadata). Older ones say nothing.</summary>
internal static class FetchMetadata
{
    /// <summary>Of a script, which can neither show a sign-in nor come back from it.</summary>
    public static bool IsByScript(this HttpRequest request) =>
        request.Headers["Sec-Fetch-Mode"].ToString() is not ("" or "navigate");
}
