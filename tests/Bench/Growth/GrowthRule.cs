using System.Text.RegularExpressions;

namespace Ticketing.Bench.Growth;

/// <param name="What">The sentence that fails the test.</param>
internal sealed record Violation(string Database, string Query, string What);

/// <summary>
/// What a statement reads may grow with the logarithm of what was sold, as the height of an index does, and no plan may
/// read or order a whole table that grows. The blocks are the proof: a plan is judged only where its table is too big for
/// the planner to prefer reading all of it.
/// </summary>
internal static partial class GrowthRule
{
    /// <summary>Blocks that a call may read more, whatever the sizes: a page boundary, dead rows of a busy table.</summary>
    public const double Floor = 16;

    /// <summary>
    /// The same for a write and for a call of a function: a connection's first one also plans the statements of the function or
    /// of the triggers (which are judged one by one), and a new version of a row may have to look through some pages for room.
    /// </summary>
    public const double CallFloor = 150;

    /// <summary>Growth for each e-fold of the number of orders.</summary>
    public const double LogShare = 0.25;

    /// <summary>Rows that a page of an answer, or one person's things, may have sorted.</summary>
    public const double SortedRows = 1_000;

    /// <summary>A table of more blocks is never read whole.</summary>
    public const long ScannedBlocks = 64;

    /// <summary>Tables that do not grow with what is sold, and why.</summary>
    private static readonly Dictionary<string, string> Constant = new()
    {
        ["__EFMigrationsHistory"] = "one row a migration",
        ["openid_clients"] = "one row a client program",
        ["openid_scopes"] = "a handful",
        ["outbox"] = "rows go when they are sent",
        ["pubsub_subscription"] = "one row a handler",
        ["pubsub_queue"] = "rows go when they are delivered",
        ["pubsub_held"] = "rows go when the app subscribes",
    };

    /// <summary>
    /// What the rule finds and may stay, as of 2026-11-28: by a part of the statement, and why. Each is bounded; none may be
    /// added that grows.
    /// </summary>
    private static readonly Dictionary<string, string> Known = new()
    {
        ["WITH live AS"] = "the planner reads hold_lines whole while it is small; by its key at a million",
        ["ORDER BY id LIMIT $)) ORDER BY id FOR UPDATE"] =
            "at most 200 orders of a show that was moved; passes that find none make the mean",
        ["FROM cancellations WHERE resume_at <= now()"] = "as of a show that was moved",
        ["WHERE o.event_id = $ ORDER BY o.id DESC LIMIT $ OFFSET $"] =
            "a window of 1,000 of a show's orders; of those that were just changed the table is looked at, too",
        ["FROM audit_log AS a WHERE a.id < $ ORDER BY a.id DESC LIMIT $"] =
            "the newest 1,000 lines, in which somebody's are looked for; each measurement adds some",
        ["LIMIT 301"] = "reads up to the 301 hits that it is limited to",
        ["ledger_closed"] = "sorts one batch of at most 2,000 postings",
        ["PARTITION BY organizer_id, currency"] =
            "a batch of payouts is of all organizers: some rows an event, however much was sold of it",
        ["FROM running s"] = "a page of shows; while all shows fit into 64 blocks the planner reads them all",
        ["COALESCE(s.ends_at, s.starts_at) >"] =
            "one person's tickets, with their sessions by key; as the page of shows",
        ["search_vector @@"] = "as the page of shows",
    };

    /// <summary>A call of a function: its statements are judged one by one. A connection's first call also plans them.</summary>
    [GeneratedRegex(@"^SELECT (\* FROM )?\w+\((?!.* FROM )")]
    private static partial Regex FunctionCall();

    /// <summary>The same, given what a query found or with more joined to it: that is judged here.</summary>
    [GeneratedRegex(@"^SELECT \w+\(array_agg\(| FROM (?!generate_|jsonb_)[a-z]+_\w+\(\$")]
    private static partial Regex CallAndMore();

    private static bool IsKnown(string query) =>
        Known.Keys.Any(part => query.Contains(part, StringComparison.OrdinalIgnoreCase));

    private static double Allowed(StatementCost small, double ratio)
    {
        var writes =
            small.Query.Contains("INSERT INTO ", StringComparison.Ordinal)
            || small.Query.Contains("DELETE FROM ", StringComparison.Ordinal)
            || small.Query.Contains(" SET ", StringComparison.Ordinal);
        var floor = writes || CallAndMore().IsMatch(small.Query) ? CallFloor : Floor;
        return floor + (small.Blocks * (1 + (LogShare * Math.Log(ratio))));
    }

    public static IEnumerable<Violation> OfBlocks(IEnumerable<Growing> statements, double ratio) =>
        statements
            .Where(s => !FunctionCall().IsMatch(s.Large.Query) && !IsKnown(s.Large.Query))
            .Where(s => s.Large.Blocks > Allowed(s.Small, ratio))
            .Select(s => new Violation(
                s.Large.Database,
                s.Large.Query,
                $"reads {s.Small.Blocks:0} blocks a call, and {s.Large.Blocks:0} with {ratio:0} times as many orders"
            ));

    /// <param name="blocksOf">Of a database's table.</param>
    public static IEnumerable<Violation> OfPlans(IEnumerable<PlanNode> nodes, Func<string, string, long> blocksOf) =>
        from node in nodes
        let wrong = node.Node switch
        {
            "Seq Scan" when node.Table is { } table && !Constant.ContainsKey(table) => blocksOf(node.Database, table)
                is var blocks
                    and > ScannedBlocks
                ? $"reads all of {table} ({blocks} blocks)"
                : null,
            "Sort" or "WindowAgg" when node.Rows > SortedRows => $"{node.Node} over {node.Rows:0} rows",
            _ => null,
        }
        where wrong is not null && !IsKnown(node.Query)
        select new Violation(node.Database, node.Query, wrong);
}

/// <summary>One statement with few orders and with many.</summary>
internal sealed record Growing(StatementCost Small, StatementCost Large);
