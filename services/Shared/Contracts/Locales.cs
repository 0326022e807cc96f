namespace Ticketing.Contracts;

/// <summary>The languages of mails, documents and pages. An order's goes with everything that is sent or drawn of it.</summary>
public static class Locales
{
    public const string Portuguese = "pt-BR";
    public const string English = "en";
    public const string Default = Portuguese;

    /// <summary>Of the browser: the language that somebody chose on the pages, which sign-in pages follow.</summary>
    public const string Cookie = "ticketing-language";
}
