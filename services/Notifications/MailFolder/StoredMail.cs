using MimeKit;

namespace Ticketing.Notifications.MailFolder;

/// <summary>A mail in the folder.</summary>
/// <param name="Id">Its file's name.</param>
public sealed record MailSummary(string Id, string From, string To, string Subject, DateTimeOffset Date);

/// <summary>A mail in the folder, with its bodies.</summary>
public sealed record StoredMail(
    string Id,
    string From,
    string To,
    string Subject,
    string? Text,
    string? Html,
    DateTimeOffset Date
);

/// <summary>The .eml files that the local email binding writes, newest first: their names begin with the time.</summary>
internal sealed class MailBox(string folder)
{
    private const int MaxNameLength = 120;
    private const string Extension = ".eml";

    public IEnumerable<string> Names() =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, "*" + Extension)
                .Select(path => Path.GetFileName(path))
                .Where(IsName)
                .OrderDescending(StringComparer.Ordinal)
            : [];

    /// <summary>Null when there is no such mail, or the file is none.</summary>
    public async Task<StoredMail?> FindAsync(string name, CancellationToken ct)
    {
        var path = Path.Combine(folder, name);
        if (!IsName(name) || !File.Exists(path))
            return null;
        try
        {
            using var message = await MimeMessage.LoadAsync(path, ct);
            return new(
                name,
                message.From.ToString(),
                string.Join(", ", message.To.Mailboxes.Select(m => m.Address)),
                message.Subject ?? "",
                message.TextBody,
                message.HtmlBody,
                message.Date
            );
        }
        catch (Exception e) when (e is FormatException or IOException)
        {
            return null;
        }
    }

    /// <summary>A plain file name: no separators, no leading dot, so that nothing outside the folder can be named.</summary>
    private static bool IsName(string name) =>
        name.Length <= MaxNameLength
        && name.EndsWith(Extension, StringComparison.Ordinal)
        && name[0] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
