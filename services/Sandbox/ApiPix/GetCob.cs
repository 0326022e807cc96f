using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Sandbox.Pix;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.ApiPix;

internal static class GetCob
{
    /// <summary>The charge as it now is, with the money that came for it.</summary>
    public static async Task<IResult> Handle(
        string txid,
        NpgsqlDataSource source,
        IOptions<SandboxOptions> options,
        CancellationToken ct
    ) =>
        await PixCharge.Table.FindAsync(source, "tx_id = $1", txid, ct) is [var charge]
            ? Results.Json(Cob.Of(charge, options.Value, withPix: true), ServiceDefaultsExtensions.Json)
            : throw NotFound();

    public static ApiPixException NotFound() => new(404, "CobNaoEncontrado", "There is no charge with this txid.");
}
