using Ticketing.Users.SignIn;

namespace Ticketing.Users.Mails;

/// <summary>Nobody's mailbox is filled by asking for mails to it.</summary>
internal static class MailLimits
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    public static readonly Limit PerRecipient = new(5, Window, Window);

    public static byte[] Recipient(string address) => Attempts.Key("mail", address);
}
