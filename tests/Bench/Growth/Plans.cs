using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Growth;

/// <param name="Node">As "Seq Scan" or "Sort".</param>
/// <param name="Rows">That the planner expects it to read.</param>
internal sealed record PlanNode(string Database, string Query, string Node, string? Table, double Rows);

/// <summary>The plans that auto_explain logged: of every statement, those within functions too.</summary>
internal static class Plans
{
    /// <summary>From now on, in connections that are opened from now on.</summary>
    public static async Task LogAsync(PostgresCluster cluster, IEnumerable<string> databases, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        foreach (var database in databases)
        foreach (var setting in new[] { "log_min_duration = 0", "log_format = 'json'", "log_nested_statements = on" })
        {
            await using var command = source.CreateCommand($"ALTER DATABASE {database} SET auto_explain.{setting}");
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Every different node that reads whole tables or orders rows.</summary>
    public static async Task<IReadOnlyCollection<PlanNode>> ReadAsync(PostgresCluster cluster, CancellationToken ct)
    {
        var nodes = new HashSet<PlanNode>();
        await foreach (var (database, message) in LogAsync(cluster, ct))
        {
            var at = message.IndexOf("plan:\n", StringComparison.Ordinal);
            if (at < 0)
                continue;
            var plan = JsonNode.Parse(message[(at + "plan:\n".Length)..])!;
            Collect(plan["Plan"]!, database, StatementCosts.Normalize((string)plan["Query Text"]!), nodes);
        }
        return nodes;
    }

    private static void Collect(JsonNode node, string database, string query, HashSet<PlanNode> found)
    {
        var children = node["Plans"]?.AsArray() ?? [];
        var kind = (string)node["Node Type"]!;
        // A sort reads what is below it; a scan tells what passes its filter, so its table's size is looked up elsewhere.
        var rows = children.Select(c => (double)c!["Plan Rows"]!).DefaultIfEmpty((double)node["Plan Rows"]!).Max();
        if (kind is "Seq Scan" or "Sort" or "WindowAgg")
            found.Add(new(database, query, kind, (string?)node["Relation Name"], rows));
        foreach (var child in children)
            Collect(child!, database, query, found);
    }

    /// <summary>The messages of the server's log, by its own word (CSV).</summary>
    private static async IAsyncEnumerable<(string Database, string Message)> LogAsync(
        PostgresCluster cluster,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        const int DatabaseColumn = 2;
        const int MessageColumn = 13;
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var command = source.CreateCommand(
            "SELECT pg_read_binary_file(current_setting('log_directory') || '/' || name) FROM pg_ls_logdir() WHERE name LIKE '%.csv'"
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            foreach (var row in Csv(Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(0))))
                if (row.Count > MessageColumn)
                    yield return (row[DatabaseColumn], row[MessageColumn]);
    }

    private static IEnumerable<List<string>> Csv(string text)
    {
        var (row, value, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
            switch (text[i])
            {
                case '"' when quoted && i + 1 < text.Length && text[i + 1] == '"':
                    value.Append('"');
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' or '\n' when !quoted:
                    row.Add(value.ToString());
                    value.Clear();
                    if (text[i] == '\n')
                    {
                        yield return row;
                        row = [];
                    }
                    break;
                default:
                    value.Append(text[i]);
                    break;
            }
    }
}
