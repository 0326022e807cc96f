using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
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
        var type = context.JsonTypeInfo.Type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Change<>))
        {
            var inner = await context.GetOrCreateSchemaAsync(
                type.GetGenericArguments()[0],
                null,
                ct
            );
            schema.Type = inner.Type | JsonSchemaType.Null;
            schema.Format = inner.Format;
            schema.Properties = inner.Properties;
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
                    },
                },
            ];
        }
    }
}
