using Ticketing.Sandbox.Faults;

namespace Ticketing.Sandbox.ApiPix;

/// <summary>
/// The Central Bank of Brazil's API Pix 2.9, as far as a shop needs it: the bank that receives. Beside the public paths, as it
/// is spoken between companies.
/// </summary>
internal static class ApiPixRoutes
{
    public const string Base = "/api-pix";
    public const string TokenPath = Base + "/oauth/token";

    public static void UseApiPix(this WebApplication app) =>
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments(Base),
            branch => branch.UseMiddleware<ApiPixErrors>().UseMiddleware<FaultyApi>((Func<Exception>)Unavailable)
        );

    private static ApiPixException Unavailable() => new(503, "ServicoIndisponivel", "The service is not available.");

    public static void MapApiPix(this IEndpointRouteBuilder routes)
    {
        // The bearer is looked at in ApiPixErrors: what it refuses is refused in this API's words.
        var api = routes.MapGroup(Base).AllowAnonymous().ExcludeFromDescription();
        api.MapPost("/oauth/token", IssueToken.Handle);
        api.MapPut("/cob/{txid}", PutCob.Handle);
        api.MapGet("/cob/{txid}", GetCob.Handle);
        api.MapPatch("/cob/{txid}", PatchCob.Handle);
        api.MapGet("/pix", ListPix.Handle);
        api.MapGet("/pix/{e2eid}", GetPix.Handle);
        api.MapPut("/pix/{e2eid}/devolucao/{id}", PutDevolucao.Handle);
        api.MapPut("/webhook/{chave}", PutWebhook.Handle);
    }
}
