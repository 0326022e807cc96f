using System.ComponentModel.DataAnnotations;
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
        Limit(schema, context);
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

    /// <summary>Limits stand at the records' constructor parameters, where the framework does not look for them.</summary>
    private static void Limit(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var attributes =
            context.JsonPropertyInfo?.AssociatedParameter?.AttributeProvider?.GetCustomAttributes(
                typeof(ValidationAttribute),
                inherit: true
            ) ?? [];
        foreach (var attribute in attributes)
            switch (attribute)
            {
                case StringLengthAttribute length:
                    schema.MinLength = length.MinimumLength;
                    schema.MaxLength = length.MaximumLength;
                    break;
                case MaxLengthAttribute most when schema.Items is not null:
                    schema.MaxItems = most.Length;
                    break;
                case MaxLengthAttribute most:
                    schema.MaxLength = most.Length;
                    break;
                case MinLengthAttribute least when schema.Items is not null:
                    schema.MinItems = least.Length;
                    break;
                case RangeAttribute range:
                    schema.Minimum = $"{range.Minimum}";
                    schema.Maximum = $"{range.Maximum}";
                    break;
                case RegularExpressionAttribute expression:
                    schema.Pattern = expression.Pattern;
                    break;
                case WebAddressAttribute:
                    schema.Format = "uri";
                    schema.MaxLength = WebAddressAttribute.MaxLength;
                    break;
                case EmailAddressAttribute:
                    schema.Format = "email";
                    break;
            }
    }

    public static Task DescribeIfMatch(OpenApiOperation operation)
    {
        foreach (var parameter in operation.Parameters ?? [])
            if (parameter.Name == "If-Match")
                parameter.Description =
                    "ETag of the version that the change was made from; 412 when there is a newer one.";
        return Task.CompletedTask;
    }
}
