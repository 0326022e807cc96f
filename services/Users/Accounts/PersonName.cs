using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

internal static class PersonName
{
    /// <exception cref="ProblemException">422 when empty, too long or not printable.</exception>
    public static string Parse(string text)
    {
        var name = text.Trim();
        if (name.Length is 0 or > User.MaxName || name.Any(char.IsControl))
            throw ProblemException.Invalid("name", $"1 to {User.MaxName} characters that can be printed.");
        return name;
    }
}
