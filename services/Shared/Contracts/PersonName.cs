using System.Text.RegularExpressions;

namespace Ticketing.Contracts;

/// <summary>What counts as a person's name, wherever one is given: an account's, a buyer's, a holder's, a receiver's.</summary>
public static partial class PersonName
{
    public const int MaxLength = 120;

    /// <summary>One line with something to see in it; a single letter is a name (李).</summary>
    public const string Pattern = @"^[^\p{Cc}\p{Zl}\p{Zp}]*[\p{L}\p{N}\p{P}\p{S}][^\p{Cc}\p{Zl}\p{Zp}]*$";
    public const string Rule = "1 to 120 characters in one line, at least one of which can be seen.";

    /// <summary>The name without blanks around it; false when it is none.</summary>
    public static bool TryParse(string? text, out string name)
    {
        name = text?.Trim() ?? "";
        // The pattern's end also stands before a last line end.
        return name.Length <= MaxLength && Form().Match(name) is { Success: true } m && m.Length == name.Length;
    }

    [GeneratedRegex(Pattern)]
    private static partial Regex Form();
}
