using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ticketing.ServiceDefaults;

/// <summary>A clearable member of a PATCH body: absent (no Clearable at all) leaves the field alone, null clears it.</summary>
[JsonConverter(typeof(ClearableConverterFactory))]
public sealed record Clearable<T>(T? Value);

public static class Clearables
{
    /// <summary>What is narrower at a field is checked in its slice.</summary>
    private const int MaxTextLength = 20_000;

    public static T? Or<T>(this Clearable<T>? change, T? current) => change is null ? current : change.Value;

    /// <summary>In the API document it looks like its value.</summary>
    internal static async Task DescribeAsync(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken ct
    )
    {
        var type = context.JsonTypeInfo.Type;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(Clearable<>))
            return;
        var inner = await context.GetOrCreateSchemaAsync(type.GetGenericArguments()[0], null, ct);
        schema.Type = inner.Type | JsonSchemaType.Null;
        schema.Format = inner.Format;
        schema.Properties = inner.Properties;
        if (inner.Type?.HasFlag(JsonSchemaType.String) == true && inner.Format is null)
            schema.MaxLength = MaxTextLength;
        if (inner.Type?.HasFlag(JsonSchemaType.Integer) == true)
            (schema.Minimum, schema.Maximum) = ("1", $"{int.MaxValue}");
        schema.Description = "Absent: unchanged. Null: cleared.";
    }
}

internal sealed class ClearableConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Clearable<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)
            Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<Clearable<T>>
    {
        public override bool HandleNull => true;

        public override Clearable<T> Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => new(JsonSerializer.Deserialize<T>(ref reader, options));

        public override void Write(Utf8JsonWriter writer, Clearable<T>? value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Or(default), options);
    }
}
