using System.Globalization;

namespace Ticketing.Payments.Providers.PixApi;

/// <summary>The parts of the Central Bank's API Pix 2.9 that we use, by its own names; what a PSP adds is passed over.</summary>
internal sealed record Cob(
    string Txid,
    string Status,
    Cob.Valores Valor,
    string? PixCopiaECola = null,
    IReadOnlyList<PixRecebido>? Pix = null
)
{
    public sealed record Valores(string Original);

    /// <summary>The states of a charge's record. Any other is a removal, by us or by the PSP.</summary>
    public const string Ativa = "ATIVA";
    public const string Concluida = "CONCLUIDA";
    public const string RemovidaPeloUsuario = "REMOVIDA_PELO_USUARIO_RECEBEDOR";
    public const string RemovidaPeloPsp = "REMOVIDA_PELO_PSP";
}

/// <summary>A Pix that came.</summary>
internal sealed record PixRecebido(
    string EndToEndId,
    string Valor,
    DateTimeOffset? Horario = null,
    string? Txid = null,
    IReadOnlyList<Devolucao>? Devolucoes = null
);

/// <summary>A return of a Pix: our own, or one by the special return mechanism (MED).</summary>
internal sealed record Devolucao(string Id, string Valor, string Status, string? Natureza = null)
{
    public const string Devolvido = "DEVOLVIDO";
    public const string NaoRealizado = "NAO_REALIZADO";

    /// <summary>The payer's bank asked: for fraud, or for an operational failure.</summary>
    public bool IsMed => Natureza?.StartsWith("MED_", StringComparison.Ordinal) == true;
}

/// <summary>A page of the Pix that came.</summary>
internal sealed record PixList(PixList.Parametro? Parametros = null, IReadOnlyList<PixRecebido>? Pix = null)
{
    public sealed record Parametro(Pagina? Paginacao = null);

    public sealed record Pagina(int QuantidadeDePaginas);
}

/// <summary>A webhook's body.</summary>
internal sealed record PixWebhook(IReadOnlyList<PixRecebido?>? Pix = null);

/// <summary>An amount on the wire: reais with two decimals and a point, as text.</summary>
internal static class PixAmount
{
    public const string Currency = "BRL";

    public static string Format(long centavos) => (centavos / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    /// <exception cref="ProviderUnavailableException">It is none: nothing is known.</exception>
    public static long Parse(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var reais)
        && reais * 100 == decimal.Truncate(reais * 100)
        && reais <= long.MaxValue / 100
            ? (long)(reais * 100)
            : throw new ProviderUnavailableException("The Pix provider's amount is none.");
}
