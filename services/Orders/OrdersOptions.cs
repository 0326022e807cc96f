using System.ComponentModel.DataAnnotations;

namespace Ticketing.Orders;

/// <summary>Section <c>Orders</c>.</summary>
internal sealed class OrdersOptions
{
    /// <summary>How long the buyer has to pay.</summary>
    [Range(1, 86_400)]
    public int PaymentWindowSeconds { get; set; } = 600;

    /// <summary>How long the buyer's request waits for the payment's instructions; then the sweep asks for them (202).</summary>
    [Range(1, 30)]
    public int InlineSeconds { get; set; } = 8;

    /// <summary>How often the sweep looks for orders that are due.</summary>
    [Range(1, 3600)]
    public int SweepSeconds { get; set; } = 5;

    /// <summary>How long a saga may be late before the sweep starts it (again).</summary>
    [Range(1, 3600)]
    public int GraceSeconds { get; set; } = 60;

    /// <summary>
    /// How long after the purchase its buyer may withdraw from it, of what is sold from now on. The law's least for a purchase at a
    /// distance is seven days (Código de Defesa do Consumidor, Lei 8.078/1990, art. 49).
    /// </summary>
    [Range(0, 3650)]
    public int WithdrawalDays { get; set; } = 7;

    /// <summary>So long before the session it ends at the latest; 48 is the market's rule for tickets.</summary>
    [Range(0, 8760)]
    public int WithdrawalEndsHoursBefore { get; set; } = 48;

    /// <summary>How long an order that came to nothing remembers who placed it.</summary>
    [Range(1, 3650)]
    public int ForgetUnpaidDays { get; set; } = 30;
}
