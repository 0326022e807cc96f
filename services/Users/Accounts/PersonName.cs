using Ticketing.ServiceDefaults;
using Rule = Ticketing.Contracts.PersonName;

namespace Ticketing.Users.Accounts;

internal static class PersonName
{
    /// <exception cref="ProblemException">422 when it is no name (<see cref="Rule"/>).</exception>
    public static string Parse(string text) =>
        Rule.TryParse(text, out var name) ? name : throw ProblemException.Invalid("name", Rule.Rule);
}
