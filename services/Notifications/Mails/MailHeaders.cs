using MimeKit;

namespace Ticketing.Notifications.Mails;

/// <summary>No further try can send this mail.</summary>
internal sealed class UnsendableMailException(string message) : Exception(message);

/// <summary>Last check of what becomes a mail's header: nothing may add a header or a recipient.</summary>
internal static class MailHeaders
{
    /// <summary>RFC 5321: a path is at most 256 octets with its brackets.</summary>
    private const int MaxAddressLength = 254;

    public static string Subject(string subject) =>
        subject.Any(char.IsControl)
            ? throw new UnsendableMailException("The subject has control characters.")
            : subject;

    /// <summary>
    /// Exactly one bare address: bindings split lists at ';' and ','. Its domain may be written either way, and goes out
    /// in ASCII, as mail servers know it.
    /// </summary>
    public static string Address(string address) =>
        address.Length <= MaxAddressLength
        && !address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is ';' or ',')
        && MailboxAddress.TryParse(address, out var mailbox)
        && mailbox.Domain.Length > 0
        && mailbox.GetAddress(idnEncode: true) is var ascii
        && (address == ascii || address == mailbox.GetAddress(idnEncode: false))
            ? ascii
            : throw new UnsendableMailException("The recipient is not one mail address.");
}
