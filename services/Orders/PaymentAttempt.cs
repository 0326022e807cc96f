using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;

namespace Ticketing.Orders;

/// <summary>
/// The latest try at paying an order, in the order's row. Mirrors what Payments answered and told. What an earlier one
/// still brings in is a settlement.
/// </summary>
internal sealed class PaymentAttempt
{
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
    public DateTimeOffset? PixExpiresAt { get; set; }
    public string? CardBrand { get; set; }
    public string? CardLast4 { get; set; }
    public string? CardChallengeUrl { get; set; }

    /// <summary>Payments has answered.</summary>
    public bool IsReady => PaymentId is not null || Status is not PaymentStatus.Pending;

    /// <summary>What Payments answered to the creation.</summary>
    public void Created(PaymentSnapshot payment)
    {
        PaymentId = payment.Id;
        CardToken = null;
        Status = payment.Status;
        FailureReason = payment.FailureReason;
        PixTxId = payment.Pix?.TxId;
        PixCopyPaste = payment.Pix?.CopyPaste;
        PixExpiresAt = payment.Pix?.ExpiresAt;
        CardBrand = payment.Card?.Brand;
        CardLast4 = payment.Card?.Last4;
        CardChallengeUrl = payment.Card?.ChallengeUrl;
    }

    /// <summary>Payments will not create it.</summary>
    public void Refused(string reason)
    {
        CardToken = null;
        Status = PaymentStatus.Failed;
        FailureReason = reason;
    }

    internal static void Map(OwnedNavigationBuilder<Order, PaymentAttempt> attempt)
    {
        attempt.Property(a => a.Number).HasColumnName("payment_attempt");
        attempt.Property(a => a.Method).HasColumnName("payment_method").HasMaxLength(20);
        attempt.Property(a => a.Status).HasColumnName("payment_status").HasMaxLength(20);
        attempt.Property(a => a.PaymentId).HasColumnName("payment_id");
        attempt.Property(a => a.FailureReason).HasColumnName("payment_failure").HasMaxLength(Order.MaxReasonLength);
        attempt.Property(a => a.CardToken).HasColumnName("card_token");
        attempt.Property(a => a.PixTxId).HasColumnName("pix_tx_id");
        attempt.Property(a => a.PixCopyPaste).HasColumnName("pix_copy_paste");
        attempt.Property(a => a.PixExpiresAt).HasColumnName("pix_expires_at");
        attempt.Property(a => a.CardBrand).HasColumnName("card_brand");
        attempt.Property(a => a.CardLast4).HasColumnName("card_last4");
        attempt.Property(a => a.CardChallengeUrl).HasColumnName("card_challenge_url");
    }
}
