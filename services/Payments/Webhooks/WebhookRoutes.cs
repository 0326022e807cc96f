using Microsoft.AspNetCore.HttpLogging;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Webhooks;

internal static class WebhookRoutes
{
    private const string Base = "/api/v1/payments/webhooks";

    /// <summary>API Pix: the bank appends <c>/pix</c> to the address that it was told.</summary>
    public const string PixPath = Base + "/pix-api/{path}/pix";

    /// <summary>What the bank is told.</summary>
    /// <param name="origin">Ours, as the bank reaches it.</param>
    public static string PixUrl(string origin, string path) => $"{origin.TrimEnd('/')}{Base}/pix-api/{path}";

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(Base + "/{provider}", ReceiveWebhook.Handle)
            .Rehearsed("{}")
            .WithName("ReceiveWebhook")
            .WithTags("Payments")
            .Accepts<object>("application/json")
            .ProducesProblem(400)
            .ProducesProblem(404)
            .ProducesProblem(413)
            .AllowAnonymous();
        routes
            .MapPost(PixPath, ReceiveWebhook.HandlePix)
            .WithName("ReceivePixWebhook")
            .WithTags("Payments")
            // The path is a secret.
            .WithHttpLogging(HttpLoggingFields.None)
            .Accepts<object>("application/json")
            .ProducesProblem(400)
            .ProducesProblem(404)
            .ProducesProblem(413)
            .AllowAnonymous();
    }
}
