using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// What the framework does not look at in a JSON body. Its charset may be quoted (RFC 9110). And no text of it may hold
/// the NUL character, which nobody means and PostgreSQL cannot keep: refused once, here, with the field's name.
/// </summary>
internal sealed class JsonBodies(RequestDelegate next)
{
    /// <summary>The reader's own limit.</summary>
    private const int MaxDepth = 64;

    /// <summary>The only way to write it in JSON.</summary>
    private static ReadOnlySpan<byte> Escaped => @"\u0000"u8;

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (IsRead(context) && request.HasJsonContentType())
        {
            Unquote(request);
            if (await FindNulAsync(request.BodyReader, context.RequestAborted) is { } field)
                throw new ProblemException(400, "invalid", "Text must not contain the NUL character.")
                {
                    Errors = new Dictionary<string, string[]> { [field] = ["It contains the NUL character."] },
                };
        }
        await next(context);
    }

    /// <summary>Not what an endpoint takes raw, as a webhook is signed, nor what the sidecar delivers.</summary>
    private static bool IsRead(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } type
        && type != typeof(object)
        && !context.Request.Path.StartsWithSegments(Subscriptions.Path);

    private static void Unquote(HttpRequest request)
    {
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.Charset.StartsWith("\"", StringComparison.Ordinal)
        )
            return;
        type.Charset = HeaderUtilities.RemoveQuotes(type.Charset);
        request.ContentType = type.ToString();
    }

    /// <summary>Looks at the whole body and leaves it to be read.</summary>
    private static async Task<string?> FindNulAsync(PipeReader body, CancellationToken ct)
    {
        while (true)
        {
            var read = await body.ReadAsync(ct);
            if (read.IsCompleted)
            {
                var field = FindNul(read.Buffer);
                body.AdvanceTo(read.Buffer.Start);
                return field;
            }
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static string? FindNul(ReadOnlySequence<byte> json)
    {
        if (!new SequenceReader<byte>(json).TryReadTo(out ReadOnlySequence<byte> _, Escaped))
            return null;
        try
        {
            return Walk(new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth }));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON: whoever reads it says so.
            return null;
        }
    }

    private static string? Walk(Utf8JsonReader reader)
    {
        var at = new (bool IsList, int Index, string Name)[MaxDepth + 2];
        while (reader.Read())
        {
            var (token, depth) = (reader.TokenType, reader.CurrentDepth);
            if (token is JsonTokenType.EndObject or JsonTokenType.EndArray)
                continue;
            if (token is JsonTokenType.PropertyName)
                at[depth].Name = reader.GetString()!;
            else if (at[depth].IsList)
                at[depth].Index++;
            if (token is JsonTokenType.StartObject or JsonTokenType.StartArray)
                at[depth + 1] = (token is JsonTokenType.StartArray, -1, "");
            if (
                token is JsonTokenType.String or JsonTokenType.PropertyName
                && reader.GetString()!.Contains('\0', StringComparison.Ordinal)
            )
                return depth == 0 ? "body" : PathOf(at.AsSpan(1, depth));
        }
        return null;
    }

    private static string PathOf(ReadOnlySpan<(bool IsList, int Index, string Name)> at)
    {
        var path = new StringBuilder();
        foreach (var (isList, index, name) in at)
            if (isList)
                path.Append('[').Append(index).Append(']');
            else
                path.Append(path.Length == 0 ? "" : ".").Append(name);
        return path.ToString();
    }
}
