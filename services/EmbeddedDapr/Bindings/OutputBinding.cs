using System.Text.Json;
using Ticketing.EmbeddedDapr.Components;

namespace Ticketing.EmbeddedDapr.Bindings;

/// <summary>What an output binding answers.</summary>
internal sealed record BindingResult(byte[] Data, Dictionary<string, string> Metadata)
{
    public static readonly BindingResult Empty = new([], []);
}

/// <summary>A request that the binding cannot carry out; Dapr reports it as an error of the binding.</summary>
internal sealed class BindingException(string message) : Exception(message);

internal abstract class OutputBinding
{
    public static OutputBinding Open(Component component, string dataDirectory, TimeProvider clock) =>
        component.Type switch
        {
            "bindings.s3folder" => new S3Folder(component, dataDirectory),
            "bindings.mailfolder" => new MailFolder(component, dataDirectory, clock),
            "bindings.smtp" => new SmtpBinding(component, clock),
            _ => throw ComponentSet<OutputBinding>.UnknownType(component),
        };

    public abstract Task<BindingResult> InvokeAsync(
        string operation,
        ReadOnlyMemory<byte> data,
        IReadOnlyDictionary<string, string> metadata,
        CancellationToken ct
    );

    protected static BindingException Unsupported(string operation) => new($"unsupported operation '{operation}'");

    /// <summary>As Dapr's S3 binding does: data that is a JSON text stands for the text in it.</summary>
    protected static ReadOnlyMemory<byte> Unquote(ReadOnlyMemory<byte> data)
    {
        if (data.Span is not [(byte)'"', .., (byte)'"'])
        {
            return data;
        }
        try
        {
            return JsonSerializer.Deserialize<string>(data.Span) is { } text
                ? System.Text.Encoding.UTF8.GetBytes(text)
                : data;
        }
        catch (JsonException)
        {
            return data;
        }
    }
}
