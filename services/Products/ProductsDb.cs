using Microsoft.EntityFrameworkCore;
using Ticketing.Products.Catalog;
using Ticketing.Products.Holds;
using Ticketing.Products.Sessions;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products;

internal sealed class ProductsDb(DbContextOptions<ProductsDb> options) : DbContext(options)
{
    public DbSet<Product> Products => Set<Product>();
    public DbSet<Hold> Holds => Set<Hold>();
    public DbSet<HoldLine> HoldLines => Set<HoldLine>();
    public DbSet<Session> Sessions => Set<Session>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.StoreEnumsAsText();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.AddTeamMembers();
        modelBuilder.AddPullCursors();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ProductsDb).Assembly);
    }
}
