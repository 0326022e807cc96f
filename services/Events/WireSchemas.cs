using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Ticketing.Events.Programme;
using Ticketing.Events.Venues;

namespace Ticketing.Events;

/// <summary>OpenAPI schemas of types that have their own JSON form.</summary>
internal static class WireSchemas
{
    public static async Task DescribeAsync(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken ct
    )
    {
        LimitAddress(schema, context);
        var type = context.JsonTypeInfo.Type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Change<>))
        {
            var inner = await context.GetOrCreateSchemaAsync(type.GetGenericArguments()[0], null, ct);
            schema.Type = inner.Type | JsonSchemaType.Null;
            schema.Format = inner.Format;
            schema.Properties = inner.Properties;
            // What is narrower at a field is checked in its slice.
            if (inner.Type?.HasFlag(JsonSchemaType.String) == true && inner.Format is null)
                schema.MaxLength = Event.MaxDescriptionLength;
            if (inner.Type?.HasFlag(JsonSchemaType.Integer) == true)
                (schema.Minimum, schema.Maximum) = ("1", $"{int.MaxValue}");
            schema.Description = "Absent: unchanged. Null: cleared.";
        }
        else if (type == typeof(SeatNumbers))
        {
            schema.Description = "How many seats (numbered from 1), or their numbers.";
            schema.OneOf =
            [
                new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Minimum = "1",
                    Maximum = $"{SeatLayout.MaxSeatsPerRow}",
                },
                new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    MaxItems = SeatLayout.MaxSeatsPerRow,
                    Items = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Integer | JsonSchemaType.String,
                        Minimum = "1",
                        Maximum = $"{SeatLayout.MaxSeatsPerRow}",
                        MaxLength = SeatLayout.MaxNumberLength,
                    },
                },
            ];
        }
    }

    private static void LimitAddress(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var attributes =
            context.JsonPropertyInfo?.AssociatedParameter?.AttributeProvider?.GetCustomAttributes(
                typeof(ValidationAttribute),
                inherit: true
            ) ?? [];
        foreach (var attribute in attributes)
            if (attribute is WebAddressAttribute)
            {
                schema.Format = "uri";
                schema.MaxLength = WebAddressAttribute.MaxLength;
            }
    }
}
