using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ticketing.ServiceDefaults;

/// <summary>The main of every service: <c>migrate</c> brings the database up to date and ends; else it serves.</summary>
public static class ServiceHost
{
    public static async Task<int> RunAsync(string[] args, Func<string[], WebApplication> build)
    {
        var migrateOnly = args is ["migrate", ..];
        await using var app = build(migrateOnly ? args[1..] : args);
        if (!migrateOnly)
        {
            await app.RunAsync();
            return 0;
        }
        await app.MigrateAsync(CancellationToken.None);
        return 0;
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
