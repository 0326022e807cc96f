using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox;

/// <summary>The tables, for migrations. What the service does is SQL: each move is one statement.</summary>
internal sealed class SandboxDb(DbContextOptions<SandboxDb> options) : DbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.StoreEnumsAsText();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(SandboxDb).Assembly);
    }
}
