using System.Security.Cryptography;
using System.Text;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Stripe;

/// <summary>An error as Stripe says it.</summary>
/// <param name="intent">The payment that it is about, as an answer.</param>
internal sealed class StripeApiException(
    int status,
    string type,
    string message,
    string? code = null,
    string? param = null,
    string? declineCode = null,
    object? intent = null
) : Exception(message)
{
    public const string InvalidRequest = "invalid_request_error";

    public int Status { get; } = status;

    public object Body { get; } = new
    {
        error = new
        {
            type,
            code,
            decline_code = declineCode,
            message,
            param,
            payment_intent = intent,
        },
    };

    public static StripeApiException NoSuch(string noun, string id, string? param = null) =>
        new(
            // What a parameter names is a bad request; what the path names is not there.
            param is null
                ? 404
                : 400,
            InvalidRequest,
            $"No such {noun}: '{id}'",
            code: "resource_missing",
            param: param ?? "intent"
        );
}

/// <summary>Lets in who has the key, and says what is wrong in Stripe's words.</summary>
internal sealed class StripeErrors(RequestDelegate next)
{
    private const string Prefix = "Bearer ";

    public async Task InvokeAsync(HttpContext context, SecretReader secrets)
    {
        context.Response.Headers["Request-Id"] = $"req_{Guid.CreateVersion7():N}";
        try
        {
            var header = context.Request.Headers.Authorization.ToString();
            var key = await secrets.GetAsync(SecretNames.StripeApiKey, context.RequestAborted);
            if (
                !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
                || !CryptographicOperations.FixedTimeEquals(
                    Encoding.UTF8.GetBytes(header[Prefix.Length..]),
                    Encoding.UTF8.GetBytes(key)
                )
            )
                throw new StripeApiException(401, StripeApiException.InvalidRequest, "Invalid API Key provided.");
            await next(context);
        }
        catch (StripeApiException e)
        {
            context.Response.StatusCode = e.Status;
            await context.Response.WriteAsJsonAsync(e.Body, context.RequestAborted);
        }
    }
}
