using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Ticketing.Events.Venues;

namespace Ticketing.Events;

/// <summary>OpenAPI schemas of types that have their own JSON form.</summary>
internal static class WireSchemas
{
    public static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken _)
    {
        LimitAddress(schema, context);
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(SeatNumbers))
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
        return Task.CompletedTask;
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
