namespace Ticketing.Tickets.Documents;

/// <summary>The page that a document is made for.</summary>
public enum PageSize
{
    /// <summary>To print.</summary>
    A4,

    /// <summary>As wide as a phone shows it, the code at the top.</summary>
    Phone,
}

internal static class PageSizes
{
    public const string A4 = "a4";
    public const string Phone = "phone";

    /// <summary>As a query names it; A4 when it does not.</summary>
    public static PageSize Of(string? name) => name == Phone ? PageSize.Phone : PageSize.A4;
}
