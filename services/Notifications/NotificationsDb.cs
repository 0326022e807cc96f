using Microsoft.EntityFrameworkCore;
using Ticketing.Notifications.Deliveries;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications;

internal sealed class NotificationsDb(DbContextOptions<NotificationsDb> options) : DbContext(options)
{
    public DbSet<Delivery> Deliveries => Set<Delivery>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.StoreEnumsAsText();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(NotificationsDb).Assembly);
    }
}
