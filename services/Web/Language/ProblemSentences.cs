using System.Collections.Frozen;
using System.Globalization;
using Ticketing.Web.Api;

namespace Ticketing.Web.Language;

/// <summary>
/// A sentence for people for every code of the API's problems: what happened and what to do. A code without one fails a
/// test.
/// </summary>
internal static class ProblemSentences
{
    private static readonly (string Code, string Portuguese, string English)[] All =
    [
        // Of any request.
        ("invalid", "Confira os campos marcados.", "Check the marked fields."),
        ("unauthenticated", "Entre na sua conta para continuar.", "Sign in to continue."),
        ("forbidden", "Sua conta não pode fazer isto.", "Your account may not do this."),
        ("not-found", "Não encontramos o que você procura.", "We could not find what you are looking for."),
        ("method-not-allowed", "Este endereço não aceita esta ação.", "This address does not take this action."),
        ("too-large", "O que foi enviado é grande demais.", "What was sent is too large."),
        (
            "unsupported-media-type",
            "O formato enviado não é aceito aqui.",
            "The format that was sent is not accepted here."
        ),
        (
            "rate-limited",
            "Muitas tentativas seguidas. Aguarde um minuto e tente de novo.",
            "Too many requests in a row. Wait a minute and try again."
        ),
        (
            "unavailable",
            "O serviço está ocupado agora. Tente de novo em alguns segundos; nada é cobrado duas vezes.",
            "The service is busy right now. Try again in a few seconds; nothing is charged twice."
        ),
        ("error", "Não foi possível concluir. Tente de novo.", "This could not be completed. Try again."),
        (
            "precondition-failed",
            "Isto mudou enquanto você editava. Abra de novo e repita.",
            "This changed while you were editing. Open it again and repeat."
        ),
        (
            "request-in-flight",
            "Seu pedido anterior ainda está sendo processado. Aguarde um instante.",
            "Your previous request is still being processed. Wait a moment."
        ),
        (
            "key-reused",
            "Este formulário já foi enviado com outros dados. Abra a página de novo.",
            "This form was already sent with other data. Open the page again."
        ),
        (
            "busy",
            "Muita gente está comprando agora. Tente de novo em alguns segundos.",
            "Many people are buying right now. Try again in a few seconds."
        ),
        (
            "contended",
            "Outro pedido seu está sendo processado. Aguarde um instante e tente de novo.",
            "Another request of yours is being processed. Wait a moment and try again."
        ),
        // Of holding tickets.
        (
            "sold-out",
            "Esgotou: não há mais essa quantidade. Escolha menos, outro setor ou outra data.",
            "Sold out: that many are no longer there. Choose fewer, another section or another date."
        ),
        (
            "seats-taken",
            "Alguém acabou de reservar um destes lugares. Escolha outros.",
            "Somebody has just taken one of these seats. Choose others."
        ),
        ("sale-not-open", "Este ingresso não está à venda agora.", "This ticket is not on sale right now."),
        ("limit-reached", "Passou do máximo permitido.", "That is more than is allowed."),
        (
            "person-limit-reached",
            "Você chegou ao limite de ingressos por pessoa desta sessão.",
            "You have reached this session's limit of tickets per person."
        ),
        (
            "too-many-lapsed-holds",
            "Muitas reservas suas venceram sem compra. Tente de novo em uma hora.",
            "Too many of your reservations lapsed without a purchase. Try again in an hour."
        ),
        ("hold-not-found", "Não encontramos esta reserva.", "We could not find this reservation."),
        (
            "hold-expired",
            "O tempo da reserva acabou e os ingressos voltaram à venda. Nada foi cobrado.",
            "The time of your reservation is over and the tickets are back on sale. Nothing was charged."
        ),
        ("hold-released", "Esta reserva foi devolvida.", "This reservation was given back."),
        ("hold-ordered", "Esta reserva já virou um pedido.", "This reservation has already become an order."),
        (
            "hold-committed",
            "Estes ingressos já foram vendidos para você.",
            "These tickets have already been sold to you."
        ),
        ("hold-voided", "Esta reserva foi anulada.", "This reservation was voided."),
        // Of orders and paying.
        ("order-exists", "Já existe um pedido desta reserva.", "There is already an order of this reservation."),
        (
            "product-not-found",
            "Um dos adicionais esgotou ou saiu de venda. Veja abaixo o que ainda há e tente de novo.",
            "One of the add-ons has sold out or is off sale. See below what is left and try again."
        ),
        (
            "coupon-invalid",
            "Este cupom não existe ou não vale para este evento.",
            "This coupon does not exist or is not valid for this event."
        ),
        ("coupon-exhausted", "Este cupom já foi usado até o limite.", "This coupon has been used up."),
        ("payment-open", "O pagamento anterior ainda está em aberto.", "The previous payment is still open."),
        ("order-not-payable", "Este pedido não pode mais ser pago.", "This order can no longer be paid."),
        ("order-over", "Este pedido já foi encerrado.", "This order is already over."),
        ("order-paid", "Este pedido já está pago; peça o reembolso.", "This order is already paid; ask for a refund."),
        (
            "already-refunded",
            "Isso já foi devolvido. Atualize a página e confira.",
            "That was given back before. Reload the page and check."
        ),
        ("refund-exceeds-order", "É mais do que resta do que foi pago.", "That is more than is left of what was paid."),
        (
            "order-not-fulfilled",
            "Os ingressos ainda estão sendo emitidos. Tente em um instante.",
            "The tickets are still being issued. Try again in a moment."
        ),
        (
            "order-not-paid",
            "Isso só vale para um pedido pago que ainda tem ingressos.",
            "That is only for a paid order that still has tickets."
        ),
        (
            "refund-window-closed",
            "O prazo de reembolso acabou. Fale com quem organiza.",
            "The time for refunds is over. Ask the organizer."
        ),
        (
            "ticket-transferred",
            "Um ingresso deste pedido está com outra pessoa. Peça de volta antes do reembolso.",
            "A ticket of this order is somebody else's now. Get it back before you ask for a refund."
        ),
        (
            "payment-disputed",
            "O banco está analisando uma contestação deste pagamento.",
            "The bank is looking into a dispute of this payment."
        ),
        ("dispute-closed", "O banco já decidiu esta contestação.", "The bank has decided this dispute."),
        (
            "evidence-sent",
            "O banco aceita uma só resposta, e já tem outra.",
            "The bank takes one answer, and has another one."
        ),
        (
            "evidence-not-taken",
            "A contestação de um Pix se responde no próprio banco.",
            "A dispute of a Pix is answered at the bank itself."
        ),
        (
            "payment-mismatch",
            "Este pagamento já existe com outros dados.",
            "This payment already exists with other data."
        ),
        (
            "nothing-to-pay-out",
            "Não há nada a repassar agora a quem tem uma conta que já vale.",
            "There is nothing to pay out now to anybody whose account may be used."
        ),
        (
            "payout-failed",
            "Este repasse falhou antes: o valor voltou ao saldo e entra no próximo lote.",
            "This payout failed before: its amount is part of the balance again and goes into the next batch."
        ),
        ("payment-settled", "Este pagamento já foi concluído.", "This payment has already been made."),
        (
            "payment-provider-unavailable",
            "O provedor de pagamento não respondeu. Tente de novo; nada foi cobrado.",
            "The payment provider did not answer. Try again; nothing was charged."
        ),
        (
            "declined",
            "O banco recusou o cartão. Tente outro cartão ou o Pix.",
            "The bank declined the card. Try another card or Pix."
        ),
        (
            "insufficient-funds",
            "O cartão não tem limite para esta compra. Tente outro cartão ou o Pix.",
            "The card has too little credit for this purchase. Try another card or Pix."
        ),
        (
            "authentication-failed",
            "O banco não confirmou que a compra é sua. Tente de novo.",
            "The bank could not confirm that the purchase is yours. Try again."
        ),
        ("expired", "O tempo deste pagamento acabou.", "The time of this payment is over."),
        // Of tickets and their transfer.
        ("ticket-used", "Este ingresso já foi usado na entrada.", "This ticket was already used at the door."),
        ("ticket-voided", "Este ingresso não vale mais.", "This ticket is void."),
        (
            "ticket-blocked",
            "Este ingresso está bloqueado por uma contestação do pagamento.",
            "This ticket is blocked by a dispute of its payment."
        ),
        ("ticket-yours", "Este ingresso já é seu.", "This ticket is already yours."),
        ("session-cancelled", "Esta sessão foi cancelada.", "This session was cancelled."),
        (
            "doors-open",
            "As portas já abriram: este ingresso não pode mais ser transferido.",
            "The doors are open: this ticket can no longer be transferred."
        ),
        ("transfer-open", "Já há uma oferta aberta deste ingresso.", "This ticket is already on offer."),
        ("transfer-ended", "Esta oferta já terminou.", "This offer is already over."),
        (
            "too-many-transfers",
            "Muitas ofertas hoje. Tente de novo amanhã.",
            "Too many offers today. Try again tomorrow."
        ),
        (
            "address-not-proven",
            "A oferta é para outro e-mail. Entre com a conta desse endereço e confirme-o.",
            "The offer is to another address. Sign in with that address's account and confirm it."
        ),
        ("profile-missing", "Complete seu perfil antes.", "Complete your profile first."),
        (
            "voided",
            "Este ingresso foi anulado, transferido ou reemitido.",
            "This ticket was voided, passed on or reissued."
        ),
        ("already-used", "Este ingresso já entrou.", "This ticket is already in."),
        ("too-many-numbers", "Muitos números digitados. Aguarde um minuto.", "Too many numbers typed. Wait a minute."),
        (
            "too-many-found",
            "São mais de mil. Escreva mais na busca, ou deixe a ordem como estava.",
            "More than a thousand. Type more into the search, or leave the order as it was."
        ),
        ("wrong-session", "Este ingresso é de outra sessão.", "This ticket is for another session."),
        // Of accounts.
        ("wrong-password", "A senha está incorreta.", "The password is wrong."),
        ("too-many-attempts", "Muitas tentativas. Aguarde alguns minutos.", "Too many attempts. Wait a few minutes."),
        ("cpf-taken", "Outra conta já usa este CPF.", "Another account already uses this CPF."),
        ("email-taken", "Outra conta já usa este e-mail.", "Another account already uses this e-mail address."),
        ("email-verified", "Este e-mail já está confirmado.", "This e-mail address is already confirmed."),
        (
            "email-missing",
            "Sua conta não tem e-mail. Informe um no provedor de acesso.",
            "Your account has no e-mail address. Give one to your identity provider."
        ),
        // Of organizers' work.
        ("coupon-exists", "Já há um cupom com este código.", "There is already a coupon with this code."),
        ("event-cancelled", "Este evento foi cancelado.", "This event was cancelled."),
        (
            "event-incomplete",
            "Falta algo para publicar: local, sessão ou tipo de ingresso.",
            "Something is missing before it can be published: venue, session or ticket type."
        ),
        (
            "organizer-not-approved",
            "A plataforma ainda não aprovou esta produtora. Prepare tudo: dá para publicar assim que ela for aprovada.",
            "The platform has not approved this organizer yet. Prepare everything: you can publish as soon as it is."
        ),
        ("event-not-published", "Este evento ainda não foi publicado.", "This event is not published yet."),
        ("event-published", "Um evento publicado não pode ser apagado.", "A published event cannot be deleted."),
        ("already-member", "Esta pessoa já está na equipe.", "This person is in the team already."),
        ("invitation-ended", "Este convite já terminou.", "This invitation is already over."),
        (
            "too-many-invitations",
            "Muitos convites abertos. Aguarde respostas ou retire alguns.",
            "Too many open invitations. Wait for answers or withdraw some."
        ),
        (
            "too-many-mails",
            "Este e-mail acabou de ser enviado. Aguarde um pouco antes de pedir de novo.",
            "This mail was sent just now. Wait a while before you ask for it again."
        ),
        ("not-disputed", "Não há contestação aberta deste pagamento.", "No dispute of this payment is open."),
        ("last-owner", "A equipe precisa de ao menos um responsável.", "The team needs at least one owner."),
        ("last-session", "O evento precisa de ao menos uma sessão.", "The event needs at least one session."),
        (
            "pool-in-use",
            "Este setor já tem ingressos reservados ou vendidos.",
            "This pool already has tickets that are held or sold."
        ),
        ("pool-on-sale", "Este setor está à venda.", "This pool is on sale."),
        ("pool-seated", "Este setor tem lugares marcados.", "This pool has numbered seats."),
        (
            "seat-map-in-use",
            "Este mapa já está em uso por uma sessão à venda.",
            "This seat map is already used by a session on sale."
        ),
        (
            "section-in-use",
            "Esta seção já tem ingressos reservados ou vendidos.",
            "This section already has tickets that are held or sold."
        ),
        (
            "stock-in-use",
            "Há mais unidades vendidas do que o novo estoque.",
            "More units are sold than the new stock has."
        ),
        (
            "too-many-products",
            "A sessão já tem o máximo de produtos.",
            "The session already has as many products as it may."
        ),
        // Between services and with the provider: nobody should meet them here.
        (
            "redemption-committed",
            "Este cupom já foi usado neste pedido.",
            "This coupon was already used in this order."
        ),
        ("redemption-not-found", "Este uso do cupom não existe.", "This use of the coupon does not exist."),
        ("redemption-voided", "Este uso do cupom foi anulado.", "This use of the coupon was voided."),
        ("invalid-signature", "A assinatura não confere.", "The signature does not match."),
        ("invalid-token", "O cartão não foi aceito. Informe-o de novo.", "The card was not accepted. Enter it again."),
        ("not-settled", "Este pagamento ainda não foi concluído.", "This payment has not been made yet."),
        ("charge-cancelled", "Esta cobrança foi cancelada.", "This charge was cancelled."),
        ("charge-disputed", "Esta cobrança está contestada.", "This charge is disputed."),
        ("charge-mismatch", "Esta cobrança já existe com outros dados.", "This charge already exists with other data."),
        ("charge-not-open", "Esta cobrança não está mais aberta.", "This charge is no longer open."),
        ("charge-paid", "Esta cobrança já foi paga.", "This charge has already been paid."),
        ("charge-refunded", "Esta cobrança já foi devolvida.", "This charge has already been given back."),
        ("charge-settled", "Esta cobrança já foi concluída.", "This charge has already been made."),
        ("refund-exceeds-charge", "A devolução passa do valor pago.", "The refund is more than was paid."),
        (
            "refund-mismatch",
            "Esta devolução já existe com outros dados.",
            "This refund already exists with other data."
        ),
    ];

    private static readonly FrozenDictionary<string, (string Portuguese, string English)> ByCode =
        All.ToFrozenDictionary(s => s.Code, s => (s.Portuguese, s.English));

    public static IEnumerable<string> Codes => ByCode.Keys;

    public static string Of(string code)
    {
        var (portuguese, english) = ByCode.TryGetValue(code, out var known) ? known : ByCode["error"];
        return Languages.IsEnglish ? english : portuguese;
    }

    /// <summary>With the figures that the problem brings: how many are left, when the sale opens, how long to wait.</summary>
    public static string Of(ApiProblemException problem) =>
        problem.Code switch
        {
            "person-limit-reached" when problem.Number("limit") is { } limit && problem.Number("left") is { } left => T(
                $"O limite desta sessão é de {limit} por pessoa, contando o que você já comprou ou reservou. Você ainda pode levar {left}.",
                $"This session's limit is {limit} per person, with what you have bought or reserved already. You may take {left} more."
            ),
            "limit-reached" when problem.Text("reason") == "held" => T(
                "Você tem outros ingressos reservados: finalize ou devolva essa reserva antes.",
                "You have other tickets on hold: order or return them first."
            ),
            "limit-reached" when problem.Number("limit") is { } limit => T(
                $"São no máximo {limit} por compra.",
                $"At most {limit} in one purchase."
            ),
            "sale-not-open" when problem.Text("reason") == "not-yet-open" => T(
                "As vendas deste ingresso ainda não começaram.",
                "This ticket is not on sale yet."
            ),
            "sale-not-open" when problem.Text("reason") == "closed" => T(
                "As vendas deste ingresso já terminaram.",
                "The sale of this ticket is over."
            ),
            "sale-not-open" when problem.Text("reason") == "cancelled" => Of("session-cancelled"),
            "transfer-ended" when problem.Text("ended") is { } ended => ended switch
            {
                "accepted" => T("Esta oferta já foi aceita.", "This offer has been accepted."),
                "declined" => T("Esta oferta foi recusada.", "This offer was declined."),
                "withdrawn" => T("Quem ofereceu retirou a oferta.", "The offer was withdrawn."),
                "expired" => T("O prazo desta oferta acabou.", "The time of this offer is over."),
                _ => Of("transfer-ended"),
            },
            _ when problem is { Status: 429 or 503, RetryAfter: { TotalSeconds: >= 60 } wait } => Of(problem.Code)
                + T(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $" Tempo de espera: {Math.Ceiling(wait.TotalMinutes)} min."
                    ),
                    string.Create(CultureInfo.InvariantCulture, $" Wait {Math.Ceiling(wait.TotalMinutes)} min.")
                ),
            var code when !ByCode.ContainsKey(code) && problem.TraceId is { } trace => Of(code)
                + T($" Se continuar, conte-nos este código: {trace}.", $" If it goes on, tell us this code: {trace}."),
            var code => Of(code),
        };

    public static string CodeOf(int status) =>
        status switch
        {
            400 => "invalid",
            401 => "unauthenticated",
            403 => "forbidden",
            404 or 410 => "not-found",
            405 => "method-not-allowed",
            413 => "too-large",
            415 => "unsupported-media-type",
            429 => "rate-limited",
            503 => "unavailable",
            _ => "error",
        };

    private static string T(string portuguese, string english) => Languages.IsEnglish ? english : portuguese;
}
