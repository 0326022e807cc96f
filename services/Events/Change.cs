using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ticketing.Events;

/// <summary>A clearable member of a PATCH body: absent (no Change at all) leaves the field alone, null clears it.</summary>
[JsonConverter(typeof(ChangeConverterFactory))]
public sealed record Change<T>(T? Value);

internal static class Changes
{
    public static T? Or<T>(this Change<T>? change, T? current) => change is null ? current : change.Value;
}

internal sealed class ChangeConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Change<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)
            Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<Change<T>>
    {
        public override bool HandleNull => true;

        public override Change<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonSerializer.Deserialize<T>(ref reader, options));

        public override void Write(Utf8JsonWriter writer, Change<T>? value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Or(default), options);
    }
}
