using System.ComponentModel.DataAnnotations;

namespace Ticketing.Orders;

/// <summary>Section <c>Orders</c>.</summary>
internal sealed class OrdersOptions
{
    /// <summary>How long the buyer has to pay.</summary>
    [Range(1, 86_400)]
    public int PaymentWindowSeconds { get; set; } = 600;

    /// <summary>How long the buyer's request waits for the payment's instructions; then the saga makes them (202).</summary>
    [Range(1, 30)]
    public int InlineSeconds { get; set; } = 2;

    /// <summary>How often the reconciler looks for orders that nobody drives.</summary>
    [Range(1, 3600)]
    public int ReconcileSeconds { get; set; } = 5;

    /// <summary>How long a saga may be late before the reconciler drives its order (again).</summary>
    [Range(1, 3600)]
    public int GraceSeconds { get; set; } = 60;
}
