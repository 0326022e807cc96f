using Ticketing.Contracts;

namespace Ticketing.Notifications.Mails;

/// <summary>What a mail says; which part is set depends on its kind.</summary>
/// <param name="Order">Of a mail to the buyer; else <see cref="Ticket"/> is set.</param>
public sealed record MailContent(OrderSummary? Order = null)
{
    public IReadOnlyList<IssuedTicket> Tickets { get; init; } = [];

    /// <summary>What else is to be known of the session; of a mail about a ticket the ticket has it.</summary>
    public ShowDetails? Show { get; init; }

    /// <summary>All tickets in one document: path and query below the public origin.</summary>
    public string? PdfPath { get; init; }

    /// <summary>The buyer may give the order back until then.</summary>
    public DateTimeOffset? RefundUntil { get; init; }

    /// <summary>Why the order was cancelled, or the ticket voided: a stable code.</summary>
    public string? Reason { get; init; }

    /// <summary>What was given back.</summary>
    public Money? Refunded { get; init; }

    /// <summary>Numbers of the order's tickets that are void, while the others are good.</summary>
    public IReadOnlyList<string> Voided { get; init; } = [];

    /// <summary>What is offered, passed on or void.</summary>
    public TicketSummary? Ticket { get; init; }

    /// <summary>Whose team the reader is invited into; nothing else is set but who invites, until when and where.</summary>
    public string? Organizer { get; init; }
    public TeamRole? Role { get; init; }

    /// <summary>Of a mail about a ticket or a team.</summary>
    public string? Locale { get; init; }

    /// <summary>Whom a mail about a ticket goes to; null when nobody knows the name.</summary>
    public string? Recipient { get; init; }

    /// <summary>Who offers the ticket.</summary>
    public string? Sender { get; init; }
    public DateTimeOffset? OpenUntil { get; init; }

    /// <summary>When a show that was moved was to start before.</summary>
    public DateTimeOffset? MovedFrom { get; init; }

    /// <summary>Of an order, told to its organizer's team; nothing else is set but the path.</summary>
    public DisputeNotice? Dispute { get; init; }

    /// <summary>Of an organizer, told to its team; nothing else is set but the path.</summary>
    public PayoutAccountNotice? PayoutAccount { get; init; }

    /// <summary>Path and query of the offer below the public origin, or of the page that the mail is about.</summary>
    public string? OfferPath { get; init; }

    /// <summary>For an address that nobody proved: no picture and no address that the organizer gave.</summary>
    public MailContent WithoutLinksOfOthers() =>
        this with
        {
            Show = Plain(Show),
            Ticket = Ticket is null ? null : Ticket with { Show = Plain(Ticket.Show) },
        };

    private static ShowDetails? Plain(ShowDetails? show) =>
        show is null ? null : show with { ImageUrl = null, ContactEmail = null };
}

internal sealed record Mail(string Subject, string Text, string Html);
