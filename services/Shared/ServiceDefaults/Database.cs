using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ticketing.ServiceDefaults;

public static class DatabaseExtensions
{
    private const int MaxRetries = 4;
    private const int CommandTimeoutSeconds = 15;
    private const int MaxPrepared = 200;

    /// <summary>
    /// The service's own database (<c>ConnectionStrings:Database</c>): a pooled context with snake_case names,
    /// retries, an outbox relay, its migration and its health check. Also registers the <see cref="NpgsqlDataSource"/>.
    /// </summary>
    public static WebApplicationBuilder AddDatabase<TDb>(
        this WebApplicationBuilder builder,
        Action<NpgsqlDataSourceBuilder>? configure = null
    )
        where TDb : DbContext
    {
        builder.Services.AddSingleton(sp =>
        {
            // Read late, so that a design-time build (dotnet ef) needs no database.
            var source = new NpgsqlDataSourceBuilder(
                sp.GetRequiredService<IConfiguration>().GetConnectionString("Database") ?? "Host=unconfigured"
            );
            var appId = sp.GetRequiredService<ServiceIdentity>().AppId;
            source.ConnectionStringBuilder.ApplicationName = appId;
            // A service sends few kinds of statements, each very often: the server parses and plans each once a connection.
            // Session state is never set (the one advisory lock is released by its owner), so nothing is reset on return to
            // the pool. Behind a pooler of transactions: PgBouncer from 1.21 with max_prepared_statements above this figure.
            source.ConnectionStringBuilder.MaxAutoPrepare = MaxPrepared;
            source.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
            source.ConnectionStringBuilder.NoResetOnClose = true;
            // Else metrics are labelled with the connection string.
            source.Name = appId;
            source.ConfigureTracing(tracing =>
                tracing
                    .ConfigureCommandSpanNameProvider(command => VerbOf(command.CommandText))
                    .EnableFirstResponseEvent(false)
            );
            configure?.Invoke(source);
            return source.Build();
        });
        builder.Services.AddSingleton<OutboxSignal>();
        builder.Services.AddDbContextPool<TDb>(
            (sp, options) =>
                options
                    .UseNpgsql(
                        sp.GetRequiredService<NpgsqlDataSource>(),
                        npgsql => npgsql.EnableRetryOnFailure(MaxRetries).CommandTimeout(CommandTimeoutSeconds)
                    )
                    .UseSnakeCaseNamingConvention()
                    .AddInterceptors(sp.GetRequiredService<OutboxSignal>())
                    // A lost race is an answer, not an error; what nobody catches is logged where it surfaces.
                    .ConfigureWarnings(w =>
                        w.Log(
                            (CoreEventId.SaveChangesFailed, LogLevel.Debug),
                            (CoreEventId.OptimisticConcurrencyException, LogLevel.Debug),
                            (RelationalEventId.CommandError, LogLevel.Debug)
                        )
                    )
        );
        builder.Services.AddHostedService<OutboxRelay>();
        builder.Services.AddSampledGauge(MessagingMetrics.Pending);
        builder.Services.AddSampledGauge(MessagingMetrics.OldestAge);
        builder.Services.AddSampledGauge(MessagingMetrics.Resting);
        builder.Services.AddHostedService<GaugeSampler>();
        builder.Services.AddHostedService<Retention>();
        builder.Services.AddRetention(
            new RetentionRule(
                "inbox",
                "processed_at < now() - interval '7 days'",
                "A message comes again within hours, not days."
            )
        );
        builder.Services.AddSingleton(
            new DatabaseMigration(
                typeof(TDb).Name,
                async (services, ct) =>
                {
                    await using var scope = services.CreateAsyncScope();
                    await scope.ServiceProvider.GetRequiredService<TDb>().Database.MigrateAsync(ct);
                }
            )
        );
        builder.Services.AddHealthChecks().AddCheck<DatabaseCheck>("database");
        return builder;
    }

    /// <summary>By their names in C#, so that SQL by hand says them as code does; call in ConfigureConventions.</summary>
    public static void StoreEnumsAsText(this ModelConfigurationBuilder conventions) =>
        conventions.Properties<Enum>().HaveConversion<string>();

    private static string VerbOf(string sql)
    {
        var end = sql.AsSpan().IndexOfAny(' ', '\n');
        return end < 0 ? sql : sql[..end];
    }

    private sealed class DatabaseCheck(NpgsqlDataSource source) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken ct = default
        )
        {
            await using var command = source.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(ct);
            return HealthCheckResult.Healthy();
        }
    }

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction, again from the start when the connection breaks.
    /// It must do all its reading and writing through <paramref name="db"/>.
    /// </summary>
    public static Task<T> InTransactionAsync<T>(
        this DbContext db,
        Func<CancellationToken, Task<T>> work,
        CancellationToken ct
    ) =>
        db
            .Database.CreateExecutionStrategy()
            .ExecuteAsync(
                async token =>
                {
                    db.ChangeTracker.Clear();
                    // Nothing here goes on after a failed save.
                    db.Database.AutoSavepointsEnabled = false;
                    await using var transaction = await db.Database.BeginTransactionAsync(token);
                    var result = await work(token);
                    await db.SaveChangesAsync(token);
                    await transaction.CommitAsync(token);
                    return result;
                },
                ct
            );

    /// <summary>True when the save failed on the unique index (or key) of this name.</summary>
    public static bool IsUniqueViolation(this Exception exception, string? constraint = null) =>
        (exception as PostgresException ?? exception.InnerException as PostgresException)
            is { SqlState: PostgresErrorCodes.UniqueViolation } p
        && (constraint is null || p.ConstraintName == constraint);
}
