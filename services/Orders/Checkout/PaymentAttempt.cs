using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;

namespace Ticketing.Orders.Checkout;

/// <summary>One try at paying an order; at most one is open. Mirrors what Payments answered and told.</summary>
internal sealed class PaymentAttempt
{
    public required Guid OrderId { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }
    public required PaymentMethod Method { get; init; }

    /// <summary>Usable once; forgotten when the payment is created.</summary>
    public string? CardToken { get; set; }
    public PaymentStatus Status { get; set; } = PaymentStatus.Pending;

    /// <summary>Null until Payments has created it.</summary>
    public Guid? PaymentId { get; set; }
    public string? FailureReason { get; set; }

    public string? PixTxId { get; set; }
    public string? PixCopyPaste { get; set; }
    public string? PixQrCode { get; set; }
    public DateTimeOffset? PixExpiresAt { get; set; }
    public string? CardBrand { get; set; }
    public string? CardLast4 { get; set; }
    public string? CardChallengeUrl { get; set; }

    /// <summary>What Payments answered to the creation. A fact that was told meanwhile (settled, failed) stays.</summary>
    public void Created(PaymentSnapshot payment)
    {
        PaymentId = payment.Id;
        CardToken = null;
        if (Status == PaymentStatus.Pending)
        {
            Status = payment.Status;
            FailureReason = payment.FailureReason;
        }
        PixTxId = payment.Pix?.TxId;
        PixCopyPaste = payment.Pix?.CopyPaste;
        PixQrCode = payment.Pix?.QrCode;
        PixExpiresAt = payment.Pix?.ExpiresAt;
        CardBrand = payment.Card?.Brand;
        CardLast4 = payment.Card?.Last4;
        CardChallengeUrl = payment.Card?.ChallengeUrl;
    }

    public void Refused(string reason)
    {
        CardToken = null;
        if (Status != PaymentStatus.Pending)
            return;
        Status = PaymentStatus.Failed;
        FailureReason = reason;
    }

    private sealed class Mapping : IEntityTypeConfiguration<PaymentAttempt>
    {
        public void Configure(EntityTypeBuilder<PaymentAttempt> attempt)
        {
            attempt.ToTable("payment_attempts");
            attempt.HasKey(a => new { a.OrderId, a.Number });
            attempt.HasIndex(a => a.PaymentId);
            attempt.Property(a => a.Method).HasConversion<string>().HasMaxLength(20);
            attempt.Property(a => a.Status).HasConversion<string>().HasMaxLength(20);
            attempt.Property(a => a.FailureReason).HasMaxLength(Order.MaxReasonLength);
            attempt.HasOne<Order>().WithMany().HasForeignKey(a => a.OrderId);
        }
    }
}
