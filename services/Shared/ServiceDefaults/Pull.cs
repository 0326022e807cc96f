using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>Section <c>Pull</c>.</summary>
public sealed class PullOptions
{
    /// <summary>
    /// How soon a message is made up for that was lost or waits behind a flood of others, in seconds. A look that finds
    /// nothing new costs its owner one statement.
    /// </summary>
    [Range(0.05, 3600)]
    public double IdleSeconds { get; set; } = 5;
}

/// <summary>How far the facts of another service are copied.</summary>
public sealed class PullCursor
{
    public required string Fact { get; init; }
    public required string Cursor { get; init; }
}

/// <summary>
/// Messages are the fast way, this is the sure one: what the owner of a fact changed is read again from it, so that no
/// lost message leaves a lasting difference, and none that waits behind others is waited for.
/// </summary>
public static class PullExtensions
{
    /// <summary>Table <c>pull_cursors</c>; call in OnModelCreating.</summary>
    public static ModelBuilder AddPullCursors(this ModelBuilder model)
    {
        model.Entity<PullCursor>(e =>
        {
            e.ToTable("pull_cursors");
            e.HasKey(c => c.Fact);
        });
        return model;
    }

    /// <summary>What became of published events.</summary>
    /// <param name="awaited">The service is not ready before.</param>
    public static IServiceCollection AddEventsPull(
        this IServiceCollection services,
        Func<IServiceProvider, EventChange, CancellationToken, Task> apply,
        bool awaited = true
    ) =>
        services.AddPull(
            "events",
            (peers, after, ct) =>
                peers.GetAsync<ChangePage<EventChange>>(AppIds.Events, $"internal/changes/events?after={after}", ct),
            apply,
            awaited
        );

    /// <param name="fact">Names the cursor.</param>
    /// <param name="read">Asks the owner for what changed after a cursor ("" at first).</param>
    /// <param name="apply">Applies one of them, in a scope of its own; what is known already changes nothing.</param>
    /// <param name="awaited">The service is not ready before.</param>
    public static IServiceCollection AddPull<T>(
        this IServiceCollection services,
        string fact,
        Func<Peers, string, CancellationToken, Task<ChangePage<T>>> read,
        Func<IServiceProvider, T, CancellationToken, Task> apply,
        bool awaited = true
    )
    {
        services.AddOptions<PullOptions>().BindConfiguration("Pull").ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<PullMetrics>();
        services.AddSingleton(sp => ActivatorUtilities.CreateInstance<Pull<T>>(sp, fact, read, apply));
        services.AddHostedService(sp => sp.GetRequiredService<Pull<T>>());
        if (awaited)
            services
                .AddHealthChecks()
                .Add(new HealthCheckRegistration($"pull {fact}", sp => sp.GetRequiredService<Pull<T>>(), null, null));
        return services;
    }
}

/// <summary>How long ago each copied fact was found to be as its owner has it: no message tells that a pull stands still.</summary>
internal sealed class PullMetrics
{
    private readonly ConcurrentDictionary<string, long> agreed = new();
    private readonly TimeProvider clock;

    public PullMetrics(IMeterFactory meters, TimeProvider clock)
    {
        this.clock = clock;
        meters
            .Create("Ticketing.Messaging")
            .CreateObservableGauge(
                "ticketing.pull.age",
                unit: "s",
                observeValues: () => agreed.Select(a => Age(a.Key, a.Value)),
                description: "Since all of the fact was found to be copied, or since the first try."
            );
    }

    public void Begins(string fact) => agreed.TryAdd(fact, clock.GetTimestamp());

    public void Agrees(string fact) => agreed[fact] = clock.GetTimestamp();

    private Measurement<double> Age(string fact, long since) =>
        new(clock.GetElapsedTime(since).TotalSeconds, new KeyValuePair<string, object?>("fact", fact));
}

/// <summary>
/// Pulls before the service is ready (a message that is refused until then comes again), after a failure, and now and then.
/// An owner that is silent keeps nobody from serving for long: what was copied before is better than nothing.
/// </summary>
internal sealed class Pull<T>(
    string fact,
    Func<Peers, string, CancellationToken, Task<ChangePage<T>>> read,
    Func<IServiceProvider, T, CancellationToken, Task> apply,
    NpgsqlDataSource source,
    Peers peers,
    IServiceScopeFactory scopes,
    PullMetrics metrics,
    IOptions<PullOptions> options,
    TimeProvider clock,
    ILogger<Pull<T>> logger
) : BackgroundLoop(clock, logger), IHealthCheck
{
    private const int MaxRetrySeconds = 60;

    /// <summary>How long a start waits for a silent owner.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly long started = clock.GetTimestamp();
    private readonly TimeProvider time = clock;
    private volatile bool agrees;
    private volatile bool ownerIsSilent;
    private int failures;

    protected override TimeSpan Pause =>
        TimeSpan.FromSeconds(
            failures == 0 ? options.Value.IdleSeconds : Math.Min(MaxRetrySeconds, 1 << Math.Min(failures - 1, 6))
        );

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        try
        {
            metrics.Begins(fact);
            var more = await PullPageAsync(ct);
            if (!more)
                metrics.Agrees(fact);
            (agrees, ownerIsSilent, failures) = (agrees || !more, false, 0);
            return more;
        }
        catch (PeerUnavailableException)
        {
            (ownerIsSilent, failures) = (true, failures + 1);
            throw;
        }
        catch
        {
            // The own database was away, and with it, perhaps, a message.
            (agrees, ownerIsSilent, failures) = (false, false, failures + 1);
            throw;
        }
    }

    private async Task<bool> PullPageAsync(CancellationToken ct)
    {
        var after = await CursorAsync(ct);
        var page = await read(peers, Uri.EscapeDataString(after), ct);
        foreach (var item in page.Items)
            await ApplyAsync(item, ct);
        if (page.Next != after)
            await MoveCursorAsync(page.Next, ct);
        return page.More;
    }

    private async Task ApplyAsync(T item, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            await apply(scope.ServiceProvider, item, ct);
        }
        catch (Exception e) when (!IsOutage(e))
        {
            // One that cannot be applied must not keep out all that come after it.
            logger.LogError(e, "A change of {Fact} cannot be applied", fact);
        }
    }

    private static bool IsOutage(Exception? e) =>
        e is not null
        && (
            e
                is OperationCanceledException
                    or TimeoutException
                    or PeerUnavailableException
                    or System.Net.Sockets.SocketException
            || e is NpgsqlException and not PostgresException
            || e is PostgresException { IsTransient: true }
            || IsOutage(e.InnerException)
        );

    private async Task<string> CursorAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT cursor FROM pull_cursors WHERE fact = $1");
        command.Add(fact);
        return (string?)await command.ExecuteScalarAsync(ct) ?? "";
    }

    /// <summary>Of two replicas the slower one may set it back: what is pulled twice changes nothing.</summary>
    private async Task MoveCursorAsync(string next, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            INSERT INTO pull_cursors (fact, cursor) VALUES ($1, $2)
            ON CONFLICT (fact) DO UPDATE SET cursor = excluded.cursor
            """
        );
        command.Add(fact, next);
        await command.ExecuteNonQueryAsync(ct);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken ct = default) =>
        Task.FromResult(
            agrees || (ownerIsSilent && time.GetElapsedTime(started) > Patience)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"Not all of {fact} is pulled yet.")
        );
}
