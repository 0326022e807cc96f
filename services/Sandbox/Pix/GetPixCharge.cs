using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

internal static class GetPixCharge
{
    /// <summary>The charge as it now is.</summary>
    public static async Task<Ok<PixChargeResponse>> Handle(string txid, SandboxDb db, CancellationToken ct)
    {
        var charge =
            await db.PixCharges.AsNoTracking().SingleOrDefaultAsync(c => c.TxId == txid, ct)
            ?? throw ProblemException.NotFound("charge");
        return TypedResults.Ok(charge.Describe());
    }
}
