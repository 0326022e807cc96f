using System.Text;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.ApiPix;

internal static class IssueToken
{
    private const string Prefix = "Basic ";

    /// <summary>OAuth2 client credentials (RFC 6749, 4.4): any client id with the one secret.</summary>
    public static async Task<IResult> Handle(
        HttpRequest request,
        SecretReader secrets,
        IOptions<SandboxOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var form = request.HasFormContentType ? await request.ReadFormAsync(ct) : FormCollection.Empty;
        if (form["grant_type"] != "client_credentials")
            return Refuse(400, "unsupported_grant_type");
        var secret = await secrets.GetAsync(SecretNames.PixClientSecret, ct);
        if (SecretOf(request.Headers.Authorization.ToString()) is not { } given || !AccessToken.Same(given, secret))
            return Refuse(401, "invalid_client");
        return Results.Json(
            new
            {
                access_token = await AccessToken.IssueAsync(secrets, clock, options.Value.TokenSeconds, ct),
                token_type = "Bearer",
                expires_in = options.Value.TokenSeconds,
                scope = form["scope"].ToString(),
            }
        );
    }

    private static string? SecretOf(string header)
    {
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return null;
        var bytes = new byte[header.Length];
        return
            Convert.TryFromBase64String(header[Prefix.Length..], bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [_, var secret]
            ? secret
            : null;
    }

    private static IResult Refuse(int status, string error) => Results.Json(new { error }, statusCode: status);
}
