using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.ApiPix;

/// <summary>One of the standard's catalogue of errors (RFC 7807).</summary>
internal sealed class ApiPixException(int status, string type, string detail) : Exception(detail)
{
    public int Status { get; } = status;
    public string Type { get; } = type;
}

/// <summary>Lets in who has a token, and says what is wrong in the standard's words.</summary>
internal sealed class ApiPixErrors(RequestDelegate next)
{
    private const string TypePrefix = "https://pix.bcb.gov.br/api/v2/error/";
    private const string Prefix = "Bearer ";

    private sealed record Problema(string Type, string Title, int Status, string Detail);

    public async Task InvokeAsync(HttpContext context, SecretReader secrets, TimeProvider clock)
    {
        try
        {
            await AdmitAsync(context, secrets, clock);
            await next(context);
        }
        catch (ApiPixException e)
        {
            await SayAsync(context, e.Status, e.Type, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await SayAsync(context, 400, "RequisicaoInvalida", e.Message);
        }
    }

    private static async Task AdmitAsync(HttpContext context, SecretReader secrets, TimeProvider clock)
    {
        if (context.Request.Path == ApiPixRoutes.TokenPath)
            return;
        var header = context.Request.Headers.Authorization.ToString();
        if (
            !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            || !await AccessToken.IsValidAsync(header[Prefix.Length..], secrets, clock, context.RequestAborted)
        )
            throw new ApiPixException(401, "AcessoNegado", "The access token is missing, wrong or has ended.");
    }

    private static Task SayAsync(HttpContext context, int status, string type, string detail)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new Problema(TypePrefix + type, type, status, detail),
            ServiceDefaultsExtensions.Json,
            "application/problem+json",
            context.RequestAborted
        );
    }
}
