using Microsoft.EntityFrameworkCore;
using Ticketing.Orders.Ending;
using Ticketing.Orders.Erasing;
using Ticketing.Orders.Paying;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Rescheduling;
using Ticketing.Orders.Sales;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders;

internal sealed class OrdersDb(DbContextOptions<OrdersDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();
    public DbSet<Settlement> Settlements => Set<Settlement>();
    public DbSet<Cancellation> Cancellations => Set<Cancellation>();
    public DbSet<ShowChange> ShowChanges => Set<ShowChange>();
    public DbSet<OrganizerConsent> OrganizerConsents => Set<OrganizerConsent>();
    public DbSet<ErasedPerson> ErasedPeople => Set<ErasedPerson>();
    public DbSet<SalesDay> SalesDays => Set<SalesDay>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.StoreEnumsAsText();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.AddTeamMembers();
        modelBuilder.AddPullCursors();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(OrdersDb).Assembly);
    }
}
