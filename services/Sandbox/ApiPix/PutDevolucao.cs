using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Sandbox.Pix;
using Ticketing.Sandbox.Refunds;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.ApiPix;

internal static partial class PutDevolucao
{
    private const string Invalid = "PixDevolucaoInvalida";

    public sealed record Request(string Valor);

    /// <summary>Gives back a Pix, whole or in part; each id is one return.</summary>
    public static async Task<IResult> Handle(
        string e2eid,
        string id,
        Request request,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        DueSignal due,
        IOptions<SandboxOptions> options,
        CancellationToken ct
    )
    {
        if (!Id().IsMatch(id))
            throw new ApiPixException(400, Invalid, "devolucao.id: 1 to 35 letters and digits.");
        if (Reais.Parse(request.Valor) is not { } amount || amount > Limits.MaxAmount)
            throw new ApiPixException(400, Invalid, "devolucao.valor is no amount, zero or too much.");
        bool made;
        try
        {
            made = await Refunding.PutAsync(
                source,
                "pix_received",
                which: "end_to_end_id = $1",
                paid: "true",
                disputed: "disputed",
                e2eid,
                id,
                new(amount, Reais.Currency),
                options.Value.RefundSeconds,
                PixReceived.Own,
                PixReceived.Tell(
                    """
                    (SELECT p.* FROM pix_received p
                    WHERE p.end_to_end_id IN (SELECT charge FROM made WHERE status = 'Completed'))
                    """,
                    changed: "made"
                ),
                ct
            );
        }
        catch (RefundRefusedException e)
        {
            throw e.Why == RefundRefusal.NoCharge ? GetPix.NotFound() : new ApiPixException(400, Invalid, e.Message);
        }
        if (!made)
            throw new ApiPixException(400, Invalid, "devolucao.id was used before.");
        ((Signal)(options.Value.RefundSeconds == 0 ? webhooks : due)).Pulse();
        var pix = await GetPix.ReadAsync(e2eid, source, ct);
        return Results.Json(pix.Devolucoes!.First(d => d.Id == id), ServiceDefaultsExtensions.Json, statusCode: 201);
    }

    [GeneratedRegex(Refund.IdPattern)]
    private static partial Regex Id();
}
