using Ticketing.TestKit;

namespace Ticketing.Security.Tests;

/// <summary>The table of authorization.md.</summary>
internal sealed record AuthorizationTable(IReadOnlyList<string> Roles, IReadOnlyList<AuthorizationTable.Line> Lines)
{
    private const string OfDraft = " (draft)";

    /// <param name="Name">Method and path; with <c>(draft)</c> for what belongs to an event that is not published.</param>
    public sealed record Line(string Name, IReadOnlyList<(string Role, string Answer)> Answers)
    {
        public bool Draft => Name.EndsWith(OfDraft, StringComparison.Ordinal);

        public string Route => Draft ? Name[..^OfDraft.Length] : Name;
    }

    /// <summary>Somebody who may.</summary>
    public string RoleFor(string route)
    {
        var those = Lines.First(l => l.Name == route).Answers.Where(a => a.Answer == "yes").Select(a => a.Role);
        return those.LastOrDefault(Role.Buyer);
    }

    public static AuthorizationTable Read()
    {
        var rows = File.ReadLines(
                Path.Combine(TestSystem.RepositoryRoot, "tests", "Security.Tests", "authorization.md")
            )
            .Where(line => line.StartsWith('|'))
            .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries))
            .ToList();
        string[] roles = rows[0][1..];
        return new(
            roles,
            [
                .. rows.Skip(2)
                    .Select(row => new Line(row[0], [.. roles.Zip(row[1..], (role, answer) => (role, answer))])),
            ]
        );
    }
}
