using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Sandbox.Pix;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.ApiPix;

internal static partial class PutCob
{
    private const string Invalid = "CobOperacaoInvalida";

    public sealed record Request(Calendarios Calendario, Cob.Valores Valor, string Chave, Pessoa? Devedor = null);

    public sealed record Calendarios(int Expiracao = 86_400);

    public sealed record Pessoa(string Nome, string? Cpf = null, string? Cnpj = null);

    /// <summary>Creates the charge with this txid, or changes it while it is open.</summary>
    public static async Task<IResult> Handle(
        string txid,
        Request request,
        NpgsqlDataSource source,
        IOptions<SandboxOptions> options,
        CancellationToken ct
    )
    {
        if (!TxId().IsMatch(txid))
            throw new ApiPixException(400, Invalid, "cob.txid: 26 to 35 letters and digits.");
        if (Reais.Parse(request.Valor.Original) is not { } amount || amount > Limits.MaxAmount)
            throw new ApiPixException(400, Invalid, "cob.valor.original is no amount, zero or too much.");
        if (request.Calendario.Expiracao <= 0)
            throw new ApiPixException(400, Invalid, "cob.calendario.expiracao must be more than zero.");
        if (request.Chave.Length is 0 or > PixCharge.MaxKey)
            throw new ApiPixException(400, Invalid, "cob.chave is no key.");
        if (request.Devedor is { } payer && !(payer.Cpf is { } cpf && Cpf().IsMatch(cpf) && payer.Cnpj is null))
            throw new ApiPixException(400, Invalid, "cob.devedor needs a CPF of 11 digits.");
        var charge = await PixCharge.Table.PutAsync(
            source,
            """
            INSERT INTO pix_charges (tx_id, key, amount, currency, lifetime, status)
            VALUES ($1, $2, $3, $4, $5, 'Active')
            ON CONFLICT (tx_id) DO UPDATE SET key = $2, amount = $3, lifetime = $5,
                revision = pix_charges.revision
                    + ((pix_charges.key, pix_charges.amount, pix_charges.lifetime) IS DISTINCT FROM ($2, $3, $5))::int
            WHERE pix_charges.status = 'Active'
            """,
            ct,
            txid,
            request.Chave,
            amount,
            Reais.Currency,
            request.Calendario.Expiracao
        );
        return charge is null
            ? throw new ApiPixException(400, Invalid, "The charge is there and is not ATIVA.")
            : Results.Json(Cob.Of(charge, options.Value), ServiceDefaultsExtensions.Json, statusCode: 201);
    }

    [GeneratedRegex(@"^[a-zA-Z0-9]{26,35}\z")]
    private static partial Regex TxId();

    [GeneratedRegex(@"^[0-9]{11}\z")]
    private static partial Regex Cpf();
}
