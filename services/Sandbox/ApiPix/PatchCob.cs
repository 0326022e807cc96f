using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Sandbox.Pix;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.ApiPix;

internal static class PatchCob
{
    private const string Removed = "REMOVIDA_PELO_USUARIO_RECEBEDOR";

    public sealed record Request(string Status);

    /// <summary>Withdraws the charge: it can no longer be paid.</summary>
    public static async Task<IResult> Handle(
        string txid,
        Request request,
        NpgsqlDataSource source,
        IOptions<SandboxOptions> options,
        CancellationToken ct
    )
    {
        if (request.Status != Removed)
            throw new ApiPixException(400, "CobOperacaoInvalida", $"cob.status: only {Removed}.");
        try
        {
            var (moved, charge) = await PixCharge.Table.MoveAsync(
                source,
                txid,
                "status = 'Cancelled', revision = revision + 1",
                from: "status = 'Active'",
                then: null,
                ct
            );
            return moved
                ? Results.Json(Cob.Of(charge, options.Value), ServiceDefaultsExtensions.Json)
                : throw new ApiPixException(400, "CobOperacaoInvalida", "The charge is not ATIVA.");
        }
        catch (ProblemException e) when (e.Status == 404)
        {
            throw GetCob.NotFound();
        }
    }
}
