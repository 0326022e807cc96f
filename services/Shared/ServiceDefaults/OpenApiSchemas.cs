using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>What the framework does not see of our types: their own JSON forms, and limits at constructor parameters.</summary>
internal static class OpenApiSchemas
{
    public static void Complete(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var nullable = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type);
        var type = nullable ?? context.JsonTypeInfo.Type;
        // Our own converter hides from the generator what it writes.
        if (type == typeof(DateTimeOffset) || type == typeof(IsoTime))
        {
            schema.Type = JsonSchemaType.String | (nullable is null ? 0 : JsonSchemaType.Null);
            schema.Format = "date-time";
        }
        else if (type == typeof(Money) && schema.Properties is { } members)
        {
            // What JavaScript can count to.
            ((OpenApiSchema)members["amount"]).Minimum = "-9007199254740991";
            ((OpenApiSchema)members["amount"]).Maximum = "9007199254740991";
            ((OpenApiSchema)members["currency"]).Pattern = "^[A-Z]{3}$";
        }
        else if (typeof(ProblemDetails).IsAssignableFrom(type))
            Exemplify(schema, type);
        var parameter = context.JsonPropertyInfo?.AssociatedParameter?.AttributeProvider;
        var property = context.JsonPropertyInfo?.AttributeProvider;
        foreach (var provider in new[] { parameter, property })
        foreach (var attribute in provider?.GetCustomAttributes(typeof(ValidationAttribute), inherit: true) ?? [])
            Limit(schema, (ValidationAttribute)attribute);
    }

    private static void Limit(OpenApiSchema schema, ValidationAttribute attribute)
    {
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
            case MinLengthAttribute least:
                schema.MinLength = least.Length;
                break;
            case RangeAttribute range:
                schema.Minimum = $"{range.Minimum}";
                schema.Maximum = $"{range.Maximum}";
                break;
            case RegularExpressionAttribute expression:
                schema.Pattern = expression.Pattern;
                break;
            case AllowedValuesAttribute allowed:
                schema.Enum = [.. allowed.Values.Select(v => v is null ? null! : (JsonNode)$"{v}")];
                break;
            case DataTypeAttribute { DataType: DataType.Password }:
                schema.Format = "password";
                break;
            case EmailAddressAttribute:
                schema.Format = "email";
                break;
        }
    }

    private static void Exemplify(OpenApiSchema schema, Type type)
    {
        var invalid = type == typeof(HttpValidationProblemDetails);
        (schema.Properties ??= new Dictionary<string, IOpenApiSchema>())["traceId"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Description = "Finds the request in the log.",
        };
        var example = new JsonObject
        {
            ["type"] = Problems.TypePrefix + (invalid ? "invalid" : "not-found"),
            ["title"] = invalid ? "Bad Request" : "Not Found",
            ["status"] = invalid ? 400 : 404,
            ["detail"] = invalid ? "The body is not the JSON that this endpoint takes." : "There is no such order.",
            ["traceId"] = "0af7651916cd43dd8448eb211c80319c",
        };
        if (invalid)
            example["errors"] = new JsonObject
            {
                ["email"] = new JsonArray("The value is missing, misspelt or of the wrong type."),
            };
        schema.Examples = [example];
    }
}
