using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Call in the service's own Build as <c>AddOpenApi(options => OpenApiDefaults.Configure(options))</c>: from here, or
/// without the lambda, every XML comment would be lost.
/// </summary>
public static class OpenApiDefaults
{
    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        // Nested Request and Response records would share one schema: name them after the slice that declares them.
        options.CreateSchemaReferenceId = info =>
            info.Type is { IsNested: true, DeclaringType: { } slice }
                ? slice.Name + OpenApiOptions.CreateDefaultSchemaReferenceId(info)
                : OpenApiOptions.CreateDefaultSchemaReferenceId(info);
        options.AddSchemaTransformer(
            (schema, context, _) =>
            {
                // Our own converter hides from the generator what it writes.
                var nullable = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type);
                if ((nullable ?? context.JsonTypeInfo.Type) == typeof(DateTimeOffset))
                {
                    schema.Type =
                        JsonSchemaType.String | (nullable is null ? 0 : JsonSchemaType.Null);
                    schema.Format = "date-time";
                }
                return Task.CompletedTask;
            }
        );
        options.AddDocumentTransformer(
            (document, context, _) =>
            {
                // Else the host's name, whatever process hosts the service.
                document.Info.Title = context
                    .ApplicationServices.GetRequiredService<ServiceIdentity>()
                    .AppId;
                document.Servers = [];
                document.Components ??= new();
                document.Components.SecuritySchemes ??=
                    new Dictionary<string, IOpenApiSecurityScheme>();
                document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    BearerFormat = "JWT",
                };
                return Task.CompletedTask;
            }
        );
        options.AddOperationTransformer(
            (operation, context, _) =>
            {
                var metadata = context.Description.ActionDescriptor.EndpointMetadata;
                if (!metadata.OfType<Microsoft.AspNetCore.Authorization.IAllowAnonymous>().Any())
                    operation.Security =
                    [
                        new()
                        {
                            [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [],
                        },
                    ];
                if (metadata.OfType<IdempotentEndpoint>().Any())
                    (operation.Parameters ??= []).Add(
                        new OpenApiParameter
                        {
                            Name = Idempotency.Header,
                            In = ParameterLocation.Header,
                            Description =
                                "Same key and body: the first answer again. Kept for 24 hours.",
                            Schema = new OpenApiSchema
                            {
                                Type = JsonSchemaType.String,
                                MaxLength = 200,
                            },
                        }
                    );
                return Task.CompletedTask;
            }
        );
    }
}
