using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Mails;

/// <summary>What a mail about an organizer's account says of it: enough to recognize it.</summary>
/// <param name="UsedFrom">Null: from now on.</param>
public sealed record PayoutAccountNotice(string TaxId, string? PixKey, string? Iban, DateTimeOffset? UsedFrom);

/// <summary>An organizer's money goes to another account: to which one, from when, and what to do if it should not.</summary>
internal static class PayoutAccountLetter
{
    public static LetterParts Of(PayoutAccountNotice account, Formats formats, string url)
    {
        var portuguese = formats.Language.StartsWith("pt", StringComparison.Ordinal);
        var from = account.UsedFrom is { } at ? formats.Date(at, Letter.Zone) : null;
        string?[] hints =
        [
            account.PixKey is null ? null : $"{(portuguese ? "chave Pix" : "Pix key")} {account.PixKey}",
            account.Iban is null ? null : $"IBAN {account.Iban}",
            $"CPF/CNPJ {account.TaxId}",
        ];
        var to = string.Join(", ", hints.OfType<string>());
        string[] lines = portuguese
            ?
            [
                $"A conta que recebe os repasses foi trocada. A nova: {to}.",
                from is null
                    ? "Ela é usada a partir de agora."
                    : $"Ela é usada a partir de {from}. Até lá nenhum repasse é feito.",
                $"Se você não tem certeza de que a troca está certa, avise quem é titular da equipe e a plataforma {(from is null ? "agora" : "antes disso")}.",
            ]
            :
            [
                $"The account that payouts go to was changed. The new one: {to}.",
                from is null ? "It is used from now on." : $"It is used from {from}. Until then no payout is made.",
                $"If you are not sure that the change is right, tell the team's owner and the platform {(from is null ? "now" : "before then")}.",
            ];
        return new(
            formats.Language,
            portuguese ? "Conta de repasses trocada" : "Payout account changed",
            lines,
            portuguese ? "Ver os repasses" : "See the payouts",
            url
        );
    }
}
