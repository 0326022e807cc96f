using System.Text.Json.Nodes;
using Ticketing.Bench.Growth;
using Ticketing.TestKit;

namespace Ticketing.Growth.Tests;

/// <summary>The system with few orders in its databases and with ten times as many.</summary>
public sealed class GrownSystem : IAsyncLifetime
{
    private const int Small = 2_000;
    private const int Large = 20_000;

    /// <summary>Hourly loops run once at the start, the others every second.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly string folder = Directory.CreateTempSubdirectory("ticketing-growth-").FullName;

    internal GrowthResult Result { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Result = await GrowthRun.RunAsync(folder, Small, Large, Idle, new Progress<string>(), CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return default;
    }
}

public sealed class GrowthTests(GrownSystem system) : IClassFixture<GrownSystem>
{
    [Fact]
    public void What_a_statement_reads_does_not_grow_with_what_was_sold() =>
        Assert.True(
            system.Result.Violations.Count == 0,
            string.Join("\n\n", system.Result.Violations.Select(v => $"{v.Database}: {v.What}\n{v.Query}"))
        );

    [Fact]
    public void The_filled_databases_keep_every_invariant() =>
        Assert.All(system.Result.Findings, f => Assert.True(f.Ok, $"{f.Id} {f.Detail}"));

    /// <summary>Sandbox is another company's system in all but name.</summary>
    [Fact]
    public void Every_route_of_the_API_documents_is_called()
    {
        var missing = Directory
            .EnumerateFiles(
                Path.Combine(TestSystem.RepositoryRoot, "services"),
                "openapi.json",
                SearchOption.AllDirectories
            )
            .Where(f => !f.Contains("Sandbox", StringComparison.Ordinal))
            .SelectMany(f => JsonNode.Parse(File.ReadAllText(f))!["paths"]!.AsObject())
            .SelectMany(path => path.Value!.AsObject())
            .Select(operation => (string)operation.Value!["operationId"]!)
            .Where(id => !system.Result.Called.Contains(id));
        Assert.Empty(missing);
    }

    /// <summary>The corpus sends more than this; were nothing compared, nothing would be found.</summary>
    [Fact]
    public void Statements_of_every_database_are_compared()
    {
        Assert.Superset(
            Filling.Databases.ToHashSet(),
            system.Result.Statements.Select(s => s.Large.Database).ToHashSet()
        );
        Assert.True(system.Result.Statements.Count > 150, $"{system.Result.Statements.Count} statements");
    }
}
