using Microsoft.AspNetCore.Http;

namespace Ticketing.ServiceDefaults;

/// <summary>The entity tag of an editable resource is its version, quoted.</summary>
public static class ETag
{
    public static string Of(long version) => $"\"{version}\"";

    public static void SetETag(this HttpResponse response, long version) => response.Headers.ETag = Of(version);

    /// <summary>Refuses an edit of something that changed since; without If-Match the last writer wins.</summary>
    /// <exception cref="ProblemException">412.</exception>
    public static void Require(string? ifMatch, long version)
    {
        if (ifMatch is null || ifMatch == "*" || Lists(ifMatch, Of(version)))
            return;
        throw ProblemException.PreconditionFailed();
    }

    /// <summary>Has the client this representation already (If-None-Match, weak comparison)?</summary>
    public static bool IsKnown(HttpRequest request, string etag)
    {
        var known = request.Headers.IfNoneMatch.ToString();
        return known == "*" || Lists(known.Replace("W/", "", StringComparison.Ordinal), Strong(etag));
    }

    private static string Strong(string etag) => etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag;

    private static bool Lists(string header, string etag) =>
        header.Split(',', StringSplitOptions.TrimEntries).Contains(etag);
}
