namespace Ticketing.Notifications.Mails;

/// <param name="Lines">What happened; what to do; and what else.</param>
/// <param name="Open">What the link says.</param>
public sealed record LetterParts(string Language, string Subject, IReadOnlyList<string> Lines, string Open, string Url);

/// <summary>A mail of three sentences and a link, to somebody who works with us.</summary>
internal static class Letter
{
    /// <summary>Of its dates: where the reader is, nobody knows.</summary>
    public const string Zone = "America/Sao_Paulo";

    public static async Task<Mail> RenderAsync(LetterParts parts, ComponentRenderer components)
    {
        var lines = parts.Lines;
        var text = $"{lines[0]}\n\n{lines[1]}\n{parts.Open}: {parts.Url}\n\n{lines[2]}\n";
        var html = await components.RenderAsync<LetterMail>(new() { [nameof(LetterMail.Mail)] = parts });
        return new(parts.Subject, text, html);
    }
}
