using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Mails;

/// <summary>What a mail about a dispute says.</summary>
public sealed record DisputeNotice(string Number, string EventTitle, DisputeState State, Money Amount);

/// <summary>A bank asks for an order's money, or has decided: what it means, what to do, and where.</summary>
internal static class DisputeLetter
{
    public static LetterParts Of(DisputeNotice dispute, Formats formats, string url)
    {
        var portuguese = formats.Language.StartsWith("pt", StringComparison.Ordinal);
        var (number, title, amount) = (dispute.Number, dispute.EventTitle, formats.Money(dispute.Amount));
        var lines = (dispute.State, portuguese) switch
        {
            (DisputeState.Won, true) => (string[])
                [
                    $"O banco decidiu a favor da venda: os {amount} do pedido {number} ({title}) ficam.",
                    "Os ingressos voltam a abrir a porta. Não é preciso fazer nada.",
                    "O valor volta a contar no seu extrato.",
                ],
            (DisputeState.Won, false) =>
            [
                $"The bank decided for the sale: the {amount} of order {number} ({title}) stay.",
                "The tickets open the door again. There is nothing to do.",
                "The amount counts in your statement again.",
            ],
            (DisputeState.Lost, true) =>
            [
                $"O banco devolveu a quem pagou {amount} do pedido {number} ({title}).",
                "Os ingressos não valem mais, e os lugares voltaram à venda.",
                "O valor aparece no seu extrato como estorno.",
            ],
            (DisputeState.Lost, false) =>
            [
                $"The bank gave {amount} of order {number} ({title}) back to the payer.",
                "The tickets are void, and the places are on sale again.",
                "The amount is in your statement as a chargeback.",
            ],
            (_, true) =>
            [
                $"Quem pagou o pedido {number} ({title}) contestou {amount} no banco.",
                "No cartão, responda na página do pedido: quem comprou, o que foi enviado, quem entrou. O banco dá poucos dias, e aceita uma só resposta. Um Pix se responde no próprio banco.",
                "Até a decisão os ingressos não abrem a porta, e o pedido não pode ser reembolsado.",
            ],
            (_, false) =>
            [
                $"Whoever paid order {number} ({title}) disputes {amount} at the bank.",
                "Of a card, answer at the order's page: who bought, what was sent, who came in. The bank gives some days, and takes one answer only. A Pix is answered at the bank itself.",
                "Until it is decided the tickets open no door, and the order cannot be refunded.",
            ],
        };
        var subject = (dispute.State, portuguese) switch
        {
            (DisputeState.Won, true) => $"Contestação ganha: pedido {number}",
            (DisputeState.Won, false) => $"Dispute won: order {number}",
            (DisputeState.Lost, true) => $"Contestação perdida: pedido {number}",
            (DisputeState.Lost, false) => $"Dispute lost: order {number}",
            (_, true) => $"Contestação no banco: pedido {number}",
            (_, false) => $"Disputed at the bank: order {number}",
        };
        return new(formats.Language, subject, lines, portuguese ? "Ver o pedido" : "See the order", url);
    }
}
