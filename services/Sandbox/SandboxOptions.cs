using System.ComponentModel.DataAnnotations;

namespace Ticketing.Sandbox;

/// <summary>Section <c>Sandbox</c>.</summary>
public sealed class SandboxOptions
{
    /// <summary>Who receives, as the payer's bank shows it.</summary>
    [Required]
    public string MerchantName { get; set; } = "Ticketing";

    [Required]
    public string MerchantCity { get; set; } = "Sao Paulo";

    /// <summary>How long an OAuth2 token of the Pix bank lives.</summary>
    [Range(1, 86_400)]
    public int TokenSeconds { get; set; } = 3600;

    /// <summary>Where webhooks about cards go; by default to Payments at the public origin.</summary>
    [Url]
    public string? WebhookUrl { get; set; }

    /// <summary>The first wait after a failed delivery; doubles each time.</summary>
    [Range(0.01, 3600)]
    public double WebhookRetrySeconds { get; set; } = 1;

    /// <summary>Delivers each event twice and the newest first, as providers sometimes do.</summary>
    public bool DuplicateWebhooks { get; set; }

    /// <summary>How late the card that settles late settles.</summary>
    [Range(0, 3600)]
    public double SettleLateSeconds { get; set; } = 20;

    /// <summary>How long a refund stays pending; 0 completes it in its own request.</summary>
    [Range(0, 3600)]
    public double RefundSeconds { get; set; }
}
