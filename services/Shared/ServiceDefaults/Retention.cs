using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ticketing.ServiceDefaults;

/// <summary>What goes when it is no longer needed.</summary>
/// <param name="Table">Rows that refer to it go by their foreign key.</param>
/// <param name="When">SQL condition, true when a row's time is over; an index finds the rows.</param>
/// <param name="Reason">Why it may go, and why not sooner.</param>
/// <param name="Forget">SQL assignments that empty the row's personal data instead of deleting it; <paramref name="When"/> is
/// false once they are done.</param>
public sealed record RetentionRule(string Table, string When, string Reason, string? Forget = null);

public static class RetentionExtensions
{
    public static IServiceCollection AddRetention(this IServiceCollection services, params RetentionRule[] rules)
    {
        foreach (var rule in rules)
            services.AddSingleton(rule);
        return services;
    }
}

/// <summary>Applies the rules of retention in small batches: several replicas share the rows, and nobody waits for a lock.</summary>
internal sealed class Retention(
    IEnumerable<RetentionRule> rules,
    NpgsqlDataSource source,
    TimeProvider clock,
    ILogger<Retention> logger
) : BackgroundLoop(clock, logger)
{
    private const int BatchSize = 1_000;

    protected override TimeSpan Pause { get; } = TimeSpan.FromHours(1);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        var more = false;
        foreach (var rule in rules)
            more |= await ApplyAsync(rule, ct) == BatchSize;
        return more;
    }

    private async Task<int> ApplyAsync(RetentionRule rule, CancellationToken ct)
    {
        var action = rule.Forget is null ? $"DELETE FROM {rule.Table}" : $"UPDATE {rule.Table} SET {rule.Forget}";
        await using var command = source.CreateCommand(
            $"""
            {action} WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM {rule.Table} WHERE {rule.When} LIMIT {BatchSize} FOR UPDATE SKIP LOCKED))
            """
        );
        return await command.ExecuteNonQueryAsync(ct);
    }
}
