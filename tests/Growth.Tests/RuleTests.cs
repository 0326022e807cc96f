using Npgsql;
using Ticketing.Bench.Growth;
using Ticketing.Bench.Measuring;
using Ticketing.LocalPostgres;

namespace Ticketing.Growth.Tests;

/// <summary>A PostgreSQL whose statements are counted and whose plans are logged.</summary>
public sealed class CountedPostgres : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("ticketing-rule-").FullName;

    internal PostgresCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Cluster = await MeasuredPostgres.StartAsync(folder, CancellationToken.None, durable: false, logged: true);

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>The rule catches what it is there for, on a table that grows tenfold.</summary>
public sealed class RuleTests(CountedPostgres postgres) : IClassFixture<CountedPostgres>
{
    private const int Small = 2_000;
    private const int Large = 20_000;

    private readonly PostgresCluster cluster = postgres.Cluster;
    private readonly string database = $"planted_{Guid.CreateVersion7():N}";

    [Theory]
    [InlineData("SELECT id FROM things WHERE id = 7", null)]
    [InlineData("SELECT id FROM things ORDER BY id DESC LIMIT 20", null)]
    [InlineData("SELECT name FROM things WHERE owner = 7 ORDER BY name LIMIT 20", null)]
    [InlineData("SELECT count(*) FROM things WHERE name = 'thing 7'", "reads all of things")]
    [InlineData("SELECT name FROM things ORDER BY name LIMIT 20", "Sort over")]
    [InlineData(
        "SELECT n FROM (SELECT id, row_number() OVER (PARTITION BY owner ORDER BY id) AS n FROM things) t WHERE id = 7",
        "WindowAgg over"
    )]
    [InlineData("SELECT sum(owner) FROM things WHERE id > 0", "blocks a call")]
    [InlineData("SELECT nested(7)", "reads all of things")]
    [InlineData("SELECT nested(7)", "blocks a call")]
    public async Task A_planted_statement_is_judged(string query, string? verdict)
    {
        var before = await MeasureAsync(0, Small, query);
        await Plans.LogAsync(cluster, [database], CancellationToken.None);
        var after = await MeasureAsync(Small, Large, query);
        var growing = before.Keys.Intersect(after.Keys).Select(k => new Growing(before[k], after[k])).ToList();
        var violations = GrowthRule
            .OfBlocks(growing, Large / Small)
            .Concat(
                GrowthRule.OfPlans(
                    (await Plans.ReadAsync(cluster, CancellationToken.None)).Where(n => n.Database == database),
                    (_, _) => 1_000
                )
            )
            .ToList();
        if (verdict is null)
            Assert.Empty(violations);
        else
            Assert.Contains(violations, v => v.What.Contains(verdict, StringComparison.Ordinal));
    }

    private async Task<IReadOnlyDictionary<(string Database, string Query), StatementCost>> MeasureAsync(
        int below,
        int upTo,
        string query
    )
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(await cluster.EnsureDatabaseAsync(database))
            {
                Pooling = false,
            }.ConnectionString
        );
        await connection.OpenAsync();
        await ExecuteAsync(
            $"""
            CREATE TABLE IF NOT EXISTS things (id int PRIMARY KEY, owner int NOT NULL, name text NOT NULL);
            CREATE INDEX IF NOT EXISTS things_owner ON things (owner);
            CREATE OR REPLACE FUNCTION nested(n int) RETURNS bigint LANGUAGE plpgsql AS
                $$ BEGIN RETURN (SELECT count(*) FROM things WHERE name = 'thing ' || n); END $$;
            INSERT INTO things SELECT n, n / 5, 'thing ' || n || repeat(' ', 100) FROM generate_series({below
                + 1}, {upTo}) n
            """
        );
        await ExecuteAsync("VACUUM ANALYZE things");
        await StatementCosts.ResetAsync(cluster, CancellationToken.None);
        await ExecuteAsync(query);
        return await StatementCosts.ReadAsync(cluster, CancellationToken.None);

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
