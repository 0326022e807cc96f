using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
        WebApplication app;
        try
        {
            app = build(migrateOnly ? args[1..] : args);
        }
        // (What reads the model at design time ends the build so.) Nothing has run yet: what fails here is what it was given.
        catch (Exception e) when (e is not HostAbortedException)
        {
            return await RefuseAsync([$"The configuration cannot be used: {Sentence(e)}"]);
        }
        await using var started = app;
        if (Unusable(app, migrateOnly) is { Count: > 0 } unusable)
            return await RefuseAsync(unusable);
        if (migrateOnly)
            return await RefuseAsync(await TryMigrateAsync(app));
        try
        {
            await app.RunAsync();
            return 0;
        }
        // An address that is taken, or none.
        catch (Exception e) when (e is IOException or FormatException or SocketException)
        {
            return await RefuseAsync([$"The service cannot listen: {Sentence(e)}"]);
        }
    }

    private static async Task<int> RefuseAsync(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
            await Console.Error.WriteLineAsync(problem);
        return problems.Count > 0 ? 1 : 0;
    }

    /// <summary>In one line, and of what lies at the bottom.</summary>
    private static string Sentence(Exception e)
    {
        var (outer, inner) = (e.Message, e.GetBaseException().Message);
        var whole = outer == inner || outer.Contains(inner, StringComparison.Ordinal) ? outer : $"{outer} {inner}";
        return whole.ReplaceLineEndings(" ");
    }

    private static List<string> Unusable(WebApplication app, bool migrateOnly)
    {
        var problems = new List<string>();
        if (app.Services.GetServices<DatabaseMigration>().Any())
        {
            if (string.IsNullOrWhiteSpace(app.Configuration.GetConnectionString("Database")))
                problems.Add(
                    $"No database{(migrateOnly ? " to migrate" : "")}: ConnectionStrings__Database is not set."
                );
            else
                Try(
                    () => app.Services.GetService<NpgsqlDataSource>(),
                    "ConnectionStrings__Database is no connection string"
                );
        }
        if (migrateOnly)
            return problems;
        Try(() => app.Services.GetService<Peers>(), "DAPR_HTTP_ENDPOINT or DAPR_HTTP_PORT is no address");
        problems.AddRange(InvalidOptions(app));
        return problems;

        void Try(Func<object?> make, string says)
        {
            try
            {
                make();
            }
            catch (Exception e) when (e is ArgumentException or FormatException)
            {
                problems.Add($"{says}: {Sentence(e)}");
            }
        }
    }

    private static async Task<IReadOnlyList<string>> TryMigrateAsync(WebApplication app)
    {
        try
        {
            await app.MigrateAsync(CancellationToken.None);
            return [];
        }
        // PostgreSQL's own refusals (a migration that is wrong) keep their whole story, but for who may come in.
        catch (Exception e)
            when (IsOfTheDatabase(e) && (e.GetBaseException() is not PostgresException p || RefusesEntry(p)))
        {
            return [$"The database does not answer: {Sentence(e.GetBaseException())}"];
        }
    }

    /// <summary>28: no such login; 3D: no such database.</summary>
    private static bool RefusesEntry(PostgresException e) =>
        e.SqlState.StartsWith("28", StringComparison.Ordinal) || e.SqlState.StartsWith("3D", StringComparison.Ordinal);

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
            return [.. e.Failures.Select(f => f.ReplaceLineEndings(" "))];
        }
        catch (InvalidOperationException e)
        {
            // A value of the wrong type, met when the section is first read.
            return [Sentence(e)];
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
