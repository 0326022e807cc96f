using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ticketing.Events;

/// <summary>
/// Who sells, refunds and admits goes by a copy of what is edited here, told by messages: usually within a second. An edit's
/// answer says until when at the latest, in <c>Takes-Effect-By</c>.
/// </summary>
internal static class TakesEffect
{
    public const string Header = "Takes-Effect-By";

    /// <summary>A message that is lost or late is made up for by the copies' own look each five seconds, also if one fails.</summary>
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(15);

    public static void UseTakesEffect(this WebApplication app)
    {
        var clock = app.Services.GetRequiredService<TimeProvider>();
        app.Use(
            (http, next) =>
            {
                if (IsEdit(http.Request.Method) && http.Request.Path.StartsWithSegments("/api"))
                    http.Response.OnStarting(() =>
                    {
                        if (http.Response.StatusCode is >= 200 and < 300)
                            http.Response.Headers[Header] = (clock.GetUtcNow() + Latest).ToString(
                                "R",
                                CultureInfo.InvariantCulture
                            );
                        return Task.CompletedTask;
                    });
                return next(http);
            }
        );
    }

    public static Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken _
    )
    {
        if (IsEdit(context.Description.HttpMethod ?? HttpMethods.Get))
            foreach (var (status, response) in operation.Responses ?? [])
                if (status.StartsWith('2') && response is OpenApiResponse answer)
                {
                    answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
                    answer.Headers[Header] = new OpenApiHeader
                    {
                        Description =
                            "Until then at the latest all who sell, refund and admit go by it; usually within a second. An HTTP date.",
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    };
                }
        return Task.CompletedTask;
    }

    private static bool IsEdit(string method) => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method);
}
