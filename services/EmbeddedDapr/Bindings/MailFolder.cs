using System.Globalization;
using System.Text;
using Ticketing.EmbeddedDapr.Components;

namespace Ticketing.EmbeddedDapr.Bindings;

/// <summary>
/// <c>bindings.mailfolder</c>: our own, for one machine: each mail becomes an .eml file in a folder. Refuses what
/// <c>bindings.aws.ses</c> refuses, in the same words.
/// </summary>
internal sealed class MailFolder(Component component, string dataDirectory, TimeProvider clock) : OutputBinding
{
    private readonly string _folder = Path.GetFullPath(component.Required("folder"), dataDirectory);

    public override async Task<BindingResult> InvokeAsync(
        string operation,
        ReadOnlyMemory<byte> data,
        IReadOnlyDictionary<string, string> metadata,
        CancellationToken ct
    )
    {
        if (operation != "create")
        {
            throw Unsupported(operation);
        }
        if (!GoString.TryUnquote(Encoding.UTF8.GetString(data.Span), out var html))
        {
            throw new BindingException("SES binding error. Can't unquote data field: invalid syntax");
        }
        using var message = MailComposer.Compose(component, html, metadata, clock);
        var time = message.Date.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture);
        var path = Path.Combine(_folder, $"{time}-{Guid.CreateVersion7():N}.eml");
        await AtomicFile.WriteAsync(path, ".unfinished", stream => message.WriteToAsync(stream, ct), ct);
        return BindingResult.Empty;
    }
}
