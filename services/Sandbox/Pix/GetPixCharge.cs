using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Ticketing.Sandbox.Pix;

internal static class GetPixCharge
{
    /// <summary>The charge as it now is.</summary>
    public static async Task<Ok<PixChargeResponse>> Handle(
        string txid,
        NpgsqlDataSource source,
        CancellationToken ct
    ) => TypedResults.Ok((await PixCharge.Table.GetAsync(source, txid, ct)).Describe());
}
