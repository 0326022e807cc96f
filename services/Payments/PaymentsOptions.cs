using System.ComponentModel.DataAnnotations;
using Ticketing.Contracts;

namespace Ticketing.Payments;

/// <summary>Section <c>Payments</c>.</summary>
public sealed class PaymentsOptions
{
    /// <summary>How long a payment or refund may stay open before the provider is asked; doubles with each asking.</summary>
    [Range(0.05, 3600)]
    public double ReconcileSeconds { get; set; } = 30;

    /// <summary>How long the provider may take to answer.</summary>
    [Range(0.05, 60)]
    public double ProviderTimeoutSeconds { get; set; } = 8;

    /// <summary>Who receives, as the payer's bank shows it.</summary>
    [Required]
    public string MerchantName { get; set; } = "Ticketing";

    [Required]
    public string MerchantCity { get; set; } = "Sao Paulo";

    public SandboxProviderOptions Sandbox { get; set; } = new();
}

public sealed class SandboxProviderOptions
{
    /// <summary>The sandbox provider's origin.</summary>
    public string BaseUrl { get; set; } = $"http://{AppIds.Sandbox}:8080";
}
