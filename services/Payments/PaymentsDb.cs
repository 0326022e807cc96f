using Microsoft.EntityFrameworkCore;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Ledger;
using Ticketing.Payments.Refunds;
using Ticketing.Payments.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments;

internal sealed class PaymentsDb(DbContextOptions<PaymentsDb> options) : DbContext(options)
{
    public DbSet<Payment> Payments => Set<Payment>();
    public DbSet<Refund> Refunds => Set<Refund>();
    public DbSet<RefundOperation> RefundOperations => Set<RefundOperation>();
    public DbSet<ReceivedWebhook> Webhooks => Set<ReceivedWebhook>();
    public DbSet<LedgerTransaction> LedgerTransactions => Set<LedgerTransaction>();
    public DbSet<LedgerEntry> LedgerEntries => Set<LedgerEntry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(PaymentsDb).Assembly);
    }

    /// <summary>The payment, its row locked until the transaction ends.</summary>
    public Task<Payment> LockPaymentAsync(Guid id, CancellationToken ct) =>
        Payments.FromSql($"SELECT * FROM payments WHERE id = {id} FOR UPDATE").SingleAsync(ct);
}
