using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Payments.Charges;

namespace Ticketing.Payments.Ledger;

public enum LedgerAccount
{
    /// <summary>Money that lies with the provider.</summary>
    Provider,

    /// <summary>What buyers owe for an order; negative: what is owed to them. Ends at zero.</summary>
    Receivable,

    /// <summary>What was sold.</summary>
    Sales,

    /// <summary>What was given back of it.</summary>
    Refunds,
}

/// <summary>Each at most once a payment.</summary>
public enum LedgerKind
{
    /// <summary>The buyer owes.</summary>
    Charged,

    /// <summary>Failed or cancelled: the buyer owes no more.</summary>
    Reversed,

    /// <summary>The buyer paid.</summary>
    Settled,

    /// <summary>Paid after it was reversed: owed and paid at once.</summary>
    SettledLate,

    /// <summary>We owe the buyer.</summary>
    RefundStarted,

    /// <summary>The buyer has the money back.</summary>
    RefundCompleted,
}

/// <summary>
/// Double entry: the entries of a transaction add up to zero in each currency, which the database checks at the commit;
/// nothing is ever changed or deleted, which the database refuses.
/// </summary>
internal sealed class LedgerTransaction
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required LedgerKind Kind { get; init; }
    public required Guid PaymentId { get; init; }
    public required Guid OrderId { get; init; }
    public required DateTimeOffset At { get; init; }
    public List<LedgerEntry> Entries { get; } = [];

    public static LedgerTransaction Of(Payment payment, LedgerKind kind, DateTimeOffset now)
    {
        var transaction = new LedgerTransaction
        {
            Kind = kind,
            PaymentId = payment.Id,
            OrderId = payment.OrderId,
            At = now,
        };
        foreach (var (debit, credit) in Postings(kind))
        {
            transaction.Enter(debit, payment.Amount, payment.Currency);
            transaction.Enter(credit, -payment.Amount, payment.Currency);
        }
        return transaction;
    }

    private static (LedgerAccount Debit, LedgerAccount Credit)[] Postings(LedgerKind kind) =>
        kind switch
        {
            LedgerKind.Charged => [(LedgerAccount.Receivable, LedgerAccount.Sales)],
            LedgerKind.Reversed => [(LedgerAccount.Sales, LedgerAccount.Receivable)],
            LedgerKind.Settled => [(LedgerAccount.Provider, LedgerAccount.Receivable)],
            LedgerKind.SettledLate =>
            [
                (LedgerAccount.Receivable, LedgerAccount.Sales),
                (LedgerAccount.Provider, LedgerAccount.Receivable),
            ],
            LedgerKind.RefundStarted => [(LedgerAccount.Refunds, LedgerAccount.Receivable)],
            LedgerKind.RefundCompleted => [(LedgerAccount.Receivable, LedgerAccount.Provider)],
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    private void Enter(LedgerAccount account, long amount, string currency) =>
        Entries.Add(
            new()
            {
                TransactionId = Id,
                OrderId = OrderId,
                Account = account,
                Amount = amount,
                Currency = currency,
            }
        );

    private sealed class Mapping : IEntityTypeConfiguration<LedgerTransaction>
    {
        public void Configure(EntityTypeBuilder<LedgerTransaction> builder)
        {
            builder.ToTable("ledger_transactions");
            builder.Property(t => t.Kind).HasConversion<string>().HasMaxLength(20);
            builder.HasIndex(t => new { t.PaymentId, t.Kind }).IsUnique();
            builder
                .HasMany(t => t.Entries)
                .WithOne()
                .HasForeignKey(e => e.TransactionId)
                .OnDelete(DeleteBehavior.Restrict);
        }
    }
}

internal sealed class LedgerEntry
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid TransactionId { get; init; }
    public required Guid OrderId { get; init; }
    public required LedgerAccount Account { get; init; }

    /// <summary>Minor units; debits are positive, credits negative.</summary>
    public required long Amount { get; init; }
    public required string Currency { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<LedgerEntry>
    {
        public void Configure(EntityTypeBuilder<LedgerEntry> builder)
        {
            builder.ToTable("ledger_entries");
            builder.Property(e => e.Account).HasConversion<string>().HasMaxLength(20);
            builder.Property(e => e.Currency).HasMaxLength(3);
            builder.HasIndex(e => e.OrderId);
        }
    }
}
