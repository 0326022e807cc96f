using MimeKit;
using Ticketing.EmbeddedDapr.Components;

namespace Ticketing.EmbeddedDapr.Bindings;

/// <summary>
/// A mail from a binding's request, with the metadata of Dapr's mail bindings: <c>emailFrom</c>, <c>emailTo</c>,
/// <c>emailCC</c>, <c>emailBCC</c> (several addresses are separated by semicolons) and <c>subject</c>, of the request or
/// of the component; data is the HTML body. <c>text</c>, of the request, is its plain-text alternative.
/// </summary>
internal static class MailComposer
{
    public static MimeMessage Compose(
        Component component,
        string html,
        IReadOnlyDictionary<string, string> metadata,
        TimeProvider clock
    )
    {
        var message = new MimeMessage { Subject = Required("subject"), Date = clock.GetUtcNow() };
        message.From.AddRange(Addresses("emailFrom"));
        message.To.AddRange(Addresses("emailTo"));
        message.Cc.AddRange(Addresses("emailCC"));
        message.Bcc.AddRange(Addresses("emailBCC"));
        if (message.From.Count == 0 || message.To.Count == 0)
        {
            throw new BindingException("a mail needs emailFrom and emailTo");
        }
        message.Body = new BodyBuilder
        {
            HtmlBody = html,
            TextBody = metadata.GetValueOrDefault("text"),
        }.ToMessageBody();
        return message;

        string? Setting(string name) => metadata.GetValueOrDefault(name) ?? component.Text(name);

        string Required(string name) =>
            Setting(name) is not { Length: > 0 } value ? throw new BindingException($"a mail needs the metadata {name}")
            : value.AsSpan().ContainsAny('\r', '\n') ? throw new BindingException($"{name} must be one line")
            : value;

        IEnumerable<InternetAddress> Addresses(string name) =>
            (Setting(name) ?? "")
                .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(text =>
                    MailboxAddress.TryParse(text, out var address)
                        ? address
                        : throw new BindingException($"{name} has what is no address")
                );
    }
}
