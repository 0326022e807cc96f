using System.Text.Json;

namespace Ticketing.Web.Api;

/// <summary>The API said no: a problem (RFC 9457) with a code that is stable.</summary>
public sealed class ApiProblemException(int status, string code, string? detail) : Exception(detail ?? code)
{
    public int Status { get; } = status;
    public string Code { get; } = code;

    /// <summary>Field → messages in English, for developers; forms translate the field alone.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; init; } = new Dictionary<string, string[]>();

    public TimeSpan? RetryAfter { get; init; }
    public string? TraceId { get; init; }

    /// <summary>The whole problem, for members such as <c>left</c>.</summary>
    public JsonElement Body { get; init; }

    public int? Number(string member) =>
        Body.ValueKind == JsonValueKind.Object
        && Body.TryGetProperty(member, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var number)
            ? number
            : null;

    public string? Text(string member) =>
        Body.ValueKind == JsonValueKind.Object
        && Body.TryGetProperty(member, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
