using System.Globalization;
using System.Text.RegularExpressions;
using Ticketing.Sandbox.Pix;

namespace Ticketing.Sandbox.ApiPix;

/// <summary>An immediate charge. Who is asked to pay is taken and neither kept nor told again.</summary>
internal sealed record Cob(
    Cob.Calendarios Calendario,
    string Txid,
    int Revisao,
    string Location,
    string Status,
    Cob.Valores Valor,
    string Chave,
    string? PixCopiaECola,
    IReadOnlyList<PixCame>? Pix
)
{
    public sealed record Calendarios(DateTimeOffset Criacao, int Expiracao);

    public sealed record Valores(string Original);

    /// <param name="withPix">The charge with the money that came for it; else the charge's record alone.</param>
    public static Cob Of(PixCharge charge, SandboxOptions options, bool withPix = false) =>
        new(
            new(charge.CreatedAt, charge.Lifetime),
            charge.TxId,
            charge.Revision,
            charge.Location,
            charge.Status switch
            {
                PixStatus.Active => "ATIVA",
                PixStatus.Paid => "CONCLUIDA",
                _ => "REMOVIDA_PELO_USUARIO_RECEBEDOR",
            },
            new(Reais.Format(charge.Amount)),
            charge.Key,
            BrCode.Dynamic(charge.Location, charge.Amount, options.MerchantName, options.MerchantCity),
            withPix && charge.Received.Count > 0 ? charge.Received : null
        );
}

/// <summary>An amount on the wire.</summary>
internal static partial class Reais
{
    public const string Currency = "BRL";

    public static string Format(long centavos) => (centavos / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    /// <returns>Centavos; null when it is none, or zero.</returns>
    public static long? Parse(string text) =>
        Pattern().IsMatch(text) && decimal.Parse(text, CultureInfo.InvariantCulture) is > 0 and var reais
            ? (long)(reais * 100)
            : null;

    [GeneratedRegex(@"^[0-9]{1,10}\.[0-9]{2}\z")]
    private static partial Regex Pattern();
}
