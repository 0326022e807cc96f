using Ticketing.Contracts;

namespace Ticketing.Notifications.Mails;

/// <summary>What a mail says; which part is set depends on its kind.</summary>
public sealed record MailContent(OrderSummary Order)
{
    public IReadOnlyList<IssuedTicket> Tickets { get; init; } = [];

    /// <summary>Why the order was cancelled: a stable code.</summary>
    public string? Reason { get; init; }

    /// <summary>What was given back.</summary>
    public Money? Refunded { get; init; }
}

internal sealed record Mail(string Subject, string Text, string Html);
