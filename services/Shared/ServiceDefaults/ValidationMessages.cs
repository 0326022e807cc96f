using System.Text.RegularExpressions;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// The framework's validation messages name C# properties and types. Who calls the API sees the field's own name beside
/// the message, and needs to know what is accepted.
/// </summary>
internal static partial class ValidationMessages
{
    private static readonly (Regex Pattern, string Plain)[] Sentences =
    [
        (Required(), "A value is needed."),
        (Between(), "From $1 to $2."),
        (Text(), "At most $1 characters."),
        (TextBetween(), "From $1 to $2 characters."),
        (AtLeast(), "At least $1 characters or entries."),
        (AtMost(), "At most $1 characters or entries."),
        (Pattern(), "Not in the form that the API's document gives."),
        (Email(), "This is not an e-mail address."),
        (Allowed(), "Not one of the values that the API's document gives."),
    ];

    public static string Plain(string message)
    {
        foreach (var (pattern, plain) in Sentences)
            if (pattern.Match(message) is { Success: true } match)
                return match.Result(plain);
        return message;
    }

    [GeneratedRegex("^The .+ field is required\\.$")]
    private static partial Regex Required();

    [GeneratedRegex("^The field .+ must be between (.+) and (.+)\\.$")]
    private static partial Regex Between();

    [GeneratedRegex("^The field .+ must be a string with a maximum length of (\\d+)\\.$")]
    private static partial Regex Text();

    [GeneratedRegex(
        "^The field .+ must be a string with a minimum length of (\\d+) and a maximum length of (\\d+)\\.$"
    )]
    private static partial Regex TextBetween();

    [GeneratedRegex(
        "^The field .+ must be a string or (?:array|collection) type with a minimum length of '(\\d+)'\\.$"
    )]
    private static partial Regex AtLeast();

    [GeneratedRegex(
        "^The field .+ must be a string or (?:array|collection) type with a maximum length of '(\\d+)'\\.$"
    )]
    private static partial Regex AtMost();

    [GeneratedRegex("^The field .+ must match the regular expression '.+'\\.$")]
    private static partial Regex Pattern();

    [GeneratedRegex("^The .+ field does not equal any of the values specified in AllowedValuesAttribute\\.$")]
    private static partial Regex Allowed();

    [GeneratedRegex("^The .+ field is not a valid e-mail address\\.$")]
    private static partial Regex Email();
}
