using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
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
    private const string ProblemJson = "application/problem+json";

    /// <summary>What every list, edit and path takes and no handler describes.</summary>
    private static readonly Dictionary<string, string> Descriptions = new()
    {
        ["limit"] = $"Items a page; {PageQuery.DefaultLimit} when not given.",
        ["cursor"] = "The `next` of the page before.",
        ["If-Match"] = "ETag of the version that the change was made from; 412 when there is a newer one.",
        [Idempotency.Header] = "The same key answers the same.",
    };

    /// <param name="tags">Each tag of the service with what it is about.</param>
    public static void Configure(OpenApiOptions options, params (string Name, string Description)[] tags)
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
                OpenApiSchemas.Complete(schema, context);
                return Task.CompletedTask;
            }
        );
        options.AddSchemaTransformer(Clearables.DescribeAsync);
        options.AddDocumentTransformer(
            (document, context, _) =>
            {
                // Else the host's name, whatever process hosts the service.
                document.Info.Title = context.ApplicationServices.GetRequiredService<ServiceIdentity>().AppId;
                document.Info.Description = "One service's part of the API; the whole is at the public origin.";
                document.Servers = [];
                document.Tags = tags.OrderBy(t => t.Name, StringComparer.Ordinal)
                    .Select(t => new OpenApiTag { Name = t.Name, Description = t.Description })
                    .ToHashSet();
                document.Components ??= new();
                document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
                document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    BearerFormat = "JWT",
                    Description = "Access token of the OpenID provider, checked as RFC8725 says.",
                };
                return Task.CompletedTask;
            }
        );
        options.AddOperationTransformer(
            async (operation, context, ct) =>
            {
                var metadata = context.Description.ActionDescriptor.EndpointMetadata;
                var loggedIn = !metadata.OfType<IAllowAnonymous>().Any();
                if (loggedIn)
                    operation.Security =
                    [
                        new() { [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [] },
                    ];
                if (metadata.OfType<IdempotentEndpoint>().Any())
                    (operation.Parameters ??= []).Add(
                        new OpenApiParameter
                        {
                            Name = Idempotency.Header,
                            In = ParameterLocation.Header,
                            Description = "Same key and body: the first answer again. Kept for 24 hours.",
                            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 200 },
                        }
                    );
                foreach (var parameter in operation.Parameters ?? [])
                {
                    if (metadata.OfType<MethodInfo>().FirstOrDefault() is { } handler)
                        Limit(parameter, handler);
                    Describe(parameter, context.Description.RelativePath ?? "");
                }
                await AddProblemsAsync(operation, loggedIn, context, ct);
            }
        );
    }

    /// <summary>What a query takes, where the framework sees text alone.</summary>
    private static void Limit(IOpenApiParameter parameter, MethodInfo handler)
    {
        var taken = Array.Find(handler.GetParameters(), p => p.Name == parameter.Name);
        if (taken is null || parameter.Schema is not OpenApiSchema schema)
            return;
        if ((Nullable.GetUnderlyingType(taken.ParameterType) ?? taken.ParameterType) == typeof(IsoTime))
            schema.Format = "date-time";
        else if (taken.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
            schema.Enum = [.. allowed.Values.OfType<string>().Select(v => (JsonNode)v)];
    }

    private static void Describe(IOpenApiParameter parameter, string path)
    {
        if (parameter is OpenApiParameter { Schema: OpenApiSchema schema, Name: "If-Match" })
            schema.MaxLength ??= 100;
        // The server reads no longer request line.
        if (
            parameter.Schema
                is OpenApiSchema { MaxLength: null, Enum: null or { Count: 0 }, Pattern: null, Format: null } text
            && text.Type?.HasFlag(JsonSchemaType.String) == true
        )
            text.MaxLength = 8192;
        if (parameter.Name is null || !string.IsNullOrEmpty(parameter.Description))
            return;
        parameter.Description =
            Descriptions.GetValueOrDefault(parameter.Name)
            ?? (parameter.In == ParameterLocation.Path ? IdOf(parameter.Name, path) : null);
    }

    /// <summary><c>/seat-maps/{id}</c> is the id of the seat map.</summary>
    private static string IdOf(string name, string path)
    {
        var segments = path.Split('/');
        var place = Array.FindIndex(segments, s => s.Trim('{', '}').Split(':')[0] == name);
        var noun = segments[place - 1];
        return $"Id of the {noun.TrimEnd('s').Replace('-', ' ')}.";
    }

    /// <summary>What any request may be answered, and no endpoint says of itself.</summary>
    private static async Task AddProblemsAsync(
        OpenApiOperation operation,
        bool loggedIn,
        OpenApiOperationTransformerContext context,
        CancellationToken ct
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var idempotent = metadata.OfType<IdempotentEndpoint>().Any();
        var takesBody = operation.RequestBody is not null;
        var parameters = operation.Parameters ?? [];
        var problems = new (bool Applies, string Status, Type Type, string Description)[]
        {
            (true, "500", typeof(ProblemDetails), "An error of ours; `traceId` finds it in the log."),
            (
                parameters.Count > 0 || takesBody,
                "400",
                typeof(HttpValidationProblemDetails),
                "Not what this endpoint takes."
            ),
            (loggedIn, "401", typeof(ProblemDetails), "No valid access token."),
            (loggedIn, "403", typeof(ProblemDetails), "Not for who asks."),
            (
                parameters.Any(p => p.In == ParameterLocation.Path),
                "404",
                typeof(ProblemDetails),
                "There is none, or it is not for who asks."
            ),
            (idempotent, "409", typeof(ProblemDetails), "`request-in-flight`: the first request is not answered yet."),
            (
                parameters.Any(p => p.Name == "If-Match"),
                "412",
                typeof(ProblemDetails),
                "It has changed since the version of If-Match."
            ),
            (takesBody, "413", typeof(ProblemDetails), "The body is too large."),
            (takesBody, "415", typeof(ProblemDetails), "The body is not JSON, or of a charset that is not known here."),
            (
                idempotent,
                "422",
                typeof(HttpValidationProblemDetails),
                "The Idempotency-Key was used with another request, or is too long."
            ),
        };
        operation.Responses ??= [];
        foreach (var (applies, status, type, description) in problems)
        {
            if (!applies || operation.Responses.ContainsKey(status))
                continue;
            context.Document!.AddComponent(type.Name, await context.GetOrCreateSchemaAsync(type, null, ct));
            operation.Responses[status] = new OpenApiResponse
            {
                Description = description,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [ProblemJson] = new() { Schema = new OpenApiSchemaReference(type.Name, context.Document) },
                },
            };
        }
    }
}
