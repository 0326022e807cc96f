using Microsoft.Extensions.Primitives;

namespace Ticketing.Web.Hosting;

/// <summary>
/// A form that was not taken, mostly for want of its sender's session: its page is shown again, says so, and has what was typed
/// (<c>site.js</c>).
/// </summary>
internal static class Interruption
{
    public const string Mark = "interrompido";

    /// <summary>Nobody was signed in any more.</summary>
    public const string SessionOver = "1";

    /// <summary>Somebody else than the page was made for, or nobody then and somebody now.</summary>
    public const string SomebodyElse = "2";

    /// <summary>The page has no such form any more: what it was for is done, or is no longer to be done.</summary>
    public const string Changed = "3";

    /// <summary>What a page says of the form that was sent before.</summary>
    private static readonly string[] Outcomes = [Mark, "salvo", "enviado"];

    /// <summary>The page of the form, with its mark.</summary>
    public static string PageOf(HttpRequest request, string why) =>
        request.Path
        + QueryString.Create([
            .. request.Query.Where(q => !Outcomes.Contains(q.Key)),
            new KeyValuePair<string, StringValues>(Mark, why),
        ]);
}
