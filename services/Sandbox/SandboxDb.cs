using Microsoft.EntityFrameworkCore;
using Ticketing.Sandbox.Cards;
using Ticketing.Sandbox.Pix;
using Ticketing.Sandbox.Refunds;
using Ticketing.Sandbox.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox;

internal sealed class SandboxDb(DbContextOptions<SandboxDb> options) : DbContext(options)
{
    public DbSet<PixCharge> PixCharges => Set<PixCharge>();
    public DbSet<CardToken> CardTokens => Set<CardToken>();
    public DbSet<CardCharge> CardCharges => Set<CardCharge>();
    public DbSet<Refund> Refunds => Set<Refund>();
    public DbSet<WebhookMessage> Webhooks => Set<WebhookMessage>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(SandboxDb).Assembly);
    }
}
