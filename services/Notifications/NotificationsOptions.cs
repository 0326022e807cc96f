using System.ComponentModel.DataAnnotations;

namespace Ticketing.Notifications;

/// <summary>Section <c>Notifications</c>.</summary>
public sealed class NotificationsOptions
{
    /// <summary>Sender of all mails.</summary>
    [Required]
    public string From { get; set; } = "Ticketing <no-reply@ticketing.localhost>";

    /// <summary>
    /// Mails that this replica sends at the same time. Leave it at 1 with Dapr's SMTP binding, which mixes up the
    /// recipients of concurrent requests.
    /// </summary>
    [Range(1, 32)]
    public int Senders { get; set; } = 1;

    /// <summary>Tries before a mail is given up.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>Wait before the second try, in seconds; doubled with every further one, up to half an hour.</summary>
    [Range(0, 3600)]
    public double RetrySeconds { get; set; } = 10;

    /// <summary>Folder with the sent mails as .eml files, when the pages under /dev/mail shall show them. Never in production.</summary>
    public string? MailFolder { get; set; }
}
