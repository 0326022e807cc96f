using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Ticketing.Contracts;
using Ticketing.Events.Venues;

namespace Ticketing.Events;

/// <summary>OpenAPI schemas of types that have their own JSON form.</summary>
internal static class WireSchemas
{
    public static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken _)
    {
        LimitAddress(schema, context);
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(RowPlaces))
        {
            schema.Description = "How many seats (numbered from 1), or the places: numbers, seats of a kind, and gaps.";
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
                    MaxItems = SeatLayout.MaxPlacesPerRow,
                    Items = new OpenApiSchema
                    {
                        OneOf = [Number(), Seat(), new OpenApiSchema { Type = JsonSchemaType.Null }],
                    },
                },
            ];
        }
        return Task.CompletedTask;
    }

    private static OpenApiSchema Number() =>
        new()
        {
            Type = JsonSchemaType.Integer | JsonSchemaType.String,
            Minimum = "1",
            Maximum = $"{SeatLayout.MaxSeatsPerRow}",
            MaxLength = SeatLayout.MaxNumberLength,
        };

    private static OpenApiSchema Seat() =>
        new()
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "number" },
            AdditionalPropertiesAllowed = false,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["number"] = Number(),
                ["kind"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Enum =
                    [
                        .. Enum.GetNames<SeatKind>()
                            .Select(n => JsonValue.Create(JsonNamingPolicy.CamelCase.ConvertName(n))!),
                    ],
                },
            },
        };

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
