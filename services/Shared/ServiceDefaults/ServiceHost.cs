using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// The main of every service: <c>migrate</c> brings the database up to date and ends; else it serves. What is wrong with its
/// configuration is said in a sentence on the standard error, with exit code 1.
/// </summary>
public static class ServiceHost
{
    public static async Task<int> RunAsync(string[] args, Func<string[], WebApplication> build)
    {
        var migrateOnly = args is ["migrate", ..];
        await using var app = build(migrateOnly ? args[1..] : args);
        var problems = migrateOnly ? await TryMigrateAsync(app) : InvalidOptions(app);
        foreach (var problem in problems)
            await Console.Error.WriteLineAsync(problem);
        if (problems.Count > 0)
            return 1;
        if (!migrateOnly)
            await app.RunAsync();
        return 0;
    }

    private static async Task<IReadOnlyList<string>> TryMigrateAsync(WebApplication app)
    {
        if (
            app.Services.GetServices<DatabaseMigration>().Any()
            && app.Configuration.GetConnectionString("Database") is null
        )
            return ["No database to migrate: ConnectionStrings__Database is not set."];
        try
        {
            app.Services.GetService<NpgsqlDataSource>();
        }
        catch (ArgumentException e)
        {
            return [$"ConnectionStrings__Database is no connection string: {e.Message}"];
        }
        try
        {
            await app.MigrateAsync(CancellationToken.None);
            return [];
        }
        // PostgreSQL's own refusals (a migration that is wrong) keep their whole story.
        catch (Exception e) when (e.GetBaseException() is not PostgresException && IsOfTheDatabase(e))
        {
            return [$"The database does not answer: {e.GetBaseException().Message}"];
        }
    }

    private static bool IsOfTheDatabase(Exception? e) =>
        e is NpgsqlException || (e is not null && IsOfTheDatabase(e.InnerException));

    private static IReadOnlyList<string> InvalidOptions(WebApplication app)
    {
        try
        {
            // The host would do it, too, but with a stack trace.
            app.Services.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
        catch (AggregateException e) when (e.InnerExceptions.All(i => i is OptionsValidationException))
        {
            return [.. e.InnerExceptions.SelectMany(i => ((OptionsValidationException)i).Failures)];
        }
    }

    /// <summary>Applies the pending migrations of the service's database; safe to run by several at once.</summary>
    public static async Task MigrateAsync(this WebApplication app, CancellationToken ct)
    {
        foreach (var migration in app.Services.GetServices<DatabaseMigration>())
        {
            await migration.ApplyAsync(app.Services, ct);
            app.Logger.LogInformation("{Database} is up to date", migration.Name);
        }
    }
}

/// <summary>Registered by <see cref="DatabaseExtensions.AddDatabase{TDb}"/>.</summary>
public sealed record DatabaseMigration(string Name, Func<IServiceProvider, CancellationToken, Task> ApplyAsync);
