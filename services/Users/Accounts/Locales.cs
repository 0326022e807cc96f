using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

/// <summary>The languages that mails and pages are written in.</summary>
internal static class Locales
{
    public const string Default = Contracts.Locales.Default;
    public const string English = Contracts.Locales.English;

    /// <exception cref="ProblemException">422 for a language nobody writes here.</exception>
    public static string Parse(string? locale) =>
        locale switch
        {
            null => Default,
            Default or English => locale,
            _ => throw ProblemException.Invalid("locale", $"Either {Default} or {English}."),
        };
}
