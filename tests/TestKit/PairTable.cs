namespace Ticketing.TestKit;

/// <summary>
/// The table of services/README.md that says what becomes of two moves of one ticket: what the second is answered once the
/// first is done.
/// </summary>
public sealed class PairTable
{
    private const string Start = "<!-- pairs:";
    private const string End = "<!-- /pairs -->";

    private readonly Dictionary<(string First, string Then), string> answers = [];

    private PairTable(string[] moves) => Moves = moves;

    public IReadOnlyList<string> Moves { get; }

    public string this[string first, string then] => answers[(first, then)];

    public static PairTable Read()
    {
        var readme = File.ReadAllText(Path.Combine(TestSystem.RepositoryRoot, "services", "README.md"));
        var from = readme.IndexOf(Start, StringComparison.Ordinal);
        var rows = readme[from..readme.IndexOf(End, StringComparison.Ordinal)]
            .Split('\n')
            .Where(line => line.StartsWith('|'))
            .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries))
            .ToList();
        var table = new PairTable(rows[0][1..]);
        foreach (var row in rows.Skip(2))
            for (var i = 0; i < table.Moves.Count; i++)
                table.answers.Add((row[0], table.Moves[i]), row[i + 1]);
        if (table.answers.Count != table.Moves.Count * table.Moves.Count)
            throw new InvalidDataException("The table of pairs has a row for each of its columns.");
        return table;
    }
}
