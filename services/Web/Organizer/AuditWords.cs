using System.Globalization;
using Ticketing.Contracts;
using Ticketing.Web.Api;
using Ticketing.Web.Language;

namespace Ticketing.Web.Organizer;

/// <summary>The audit log's codes in words. What is new there is shown by its code.</summary>
internal static class AuditWords
{
    private static readonly Dictionary<string, (string Portuguese, string English)> Known = new()
    {
        ["organizer.created"] = ("Organização criada", "Organizer created"),
        ["organizer.approved"] = ("Organização aprovada", "Organizer approved"),
        ["organizer.refused"] = ("Organização recusada", "Organizer refused"),
        ["organizer.approval-withdrawn"] = ("Aprovação retirada", "Approval withdrawn"),
        ["invitation.offered"] = ("Convite enviado", "Invitation sent"),
        ["invitation.withdrawn"] = ("Convite retirado", "Invitation withdrawn"),
        ["invitation.declined"] = ("Convite recusado", "Invitation declined"),
        ["organizer.fee-changed"] = ("Taxa da plataforma mudada", "Platform's fee changed"),
        ["organizer.fee-bearer-changed"] = ("Quem paga a taxa mudado", "Who bears the fee changed"),
        ["member.joined"] = ("Entrou na equipe", "Joined the team"),
        ["member.role-changed"] = ("Papel mudado", "Role changed"),
        ["member.left"] = ("Saiu da equipe", "Left the team"),
        ["event.published"] = ("Evento publicado", "Event published"),
        ["event.cancelled"] = ("Evento cancelado", "Event cancelled"),
        ["session.removed"] = ("Data apagada", "Date deleted"),
        ["session.cancelled"] = ("Data cancelada", "Date cancelled"),
        ["ticket-type.added"] = ("Ingresso criado", "Ticket created"),
        ["ticket-type.price-changed"] = ("Preço mudado", "Price changed"),
        ["ticket-type.removed"] = ("Ingresso fora de venda", "Ticket taken off sale"),
        ["coupon.created"] = ("Cupom criado", "Coupon created"),
        ["coupon.changed"] = ("Cupom mudado", "Coupon changed"),
        ["product.added"] = ("Adicional criado", "Add-on created"),
        ["product.price-changed"] = ("Preço de adicional mudado", "Add-on's price changed"),
        ["product.hidden"] = ("Adicional fora de venda", "Add-on taken off sale"),
        ["product.shown"] = ("Adicional de volta à venda", "Add-on back on sale"),
        ["refund.requested"] = ("Reembolso pedido", "Refund asked for"),
        ["payout-account.changed"] = ("Conta de repasses mudada", "Payout account changed"),
        ["refund-policy.changed"] = ("Regra de devolução mudada", "Refund rule changed"),
        ["order.mailed-again"] = ("Ingressos enviados de novo", "Tickets mailed again"),
        ["payment.disputed"] = ("Pagamento contestado", "Payment disputed"),
        ["payment.dispute-won"] = ("Contestação ganha", "Dispute won"),
        ["payment.dispute-lost"] = ("Contestação perdida", "Dispute lost"),
        ["dispute.answered"] = ("Contestação respondida", "Dispute answered"),
        ["ticket.checked-in"] = ("Entrada pela plataforma", "Admitted by the platform"),
        ["ticket.admitted-twice"] = ("Duas portas deixaram entrar", "Admitted by two doors"),
        ["ticket.admitted-voided"] = ("Entrou com ingresso que não vale mais", "Admitted with a void ticket"),
        ["ticket.admitted-blocked"] = ("Entrou com ingresso bloqueado", "Admitted with a blocked ticket"),
        ["ticket.checked-in-by-number"] = ("Entrada por número digitado", "Admitted by typed number"),
    };

    public static IEnumerable<string> Actions => Known.Keys;

    public static string NameOf(string action) =>
        Known.TryGetValue(action, out var name) ? T(name.Portuguese, name.English) : action;

    /// <summary>What else is known, in words: what changed from what to what, how much.</summary>
    public static IEnumerable<string> Details(AuditLine line)
    {
        foreach (var (key, portuguese, english) in Said)
            if (line.Details.TryGetValue(key, out var value) && value is not ("" or "0"))
                yield return $"{T(portuguese, english)}: {Value(key, value, line)}";
    }

    private static readonly (string Key, string Portuguese, string English)[] Said =
    [
        ("role", "papel", "role"),
        ("roleBefore", "antes", "before"),
        ("roleAfter", "depois", "after"),
        ("priceBefore", "antes", "before"),
        ("priceAfter", "preço", "price"),
        ("percentOff", "desconto %", "% off"),
        ("amountOff", "desconto", "off"),
        ("maxRedemptions", "pedidos", "orders"),
        ("validUntil", "até", "until"),
        ("tickets", "ingressos", "tickets"),
        ("products", "adicionais", "add-ons"),
        ("total", "total", "total"),
    ];

    private static string Value(string key, string value, AuditLine line) =>
        key switch
        {
            "role" or "roleBefore" or "roleAfter" => Roles.NameOf(value.ToLowerInvariant()),
            // "15000 BRL", or the amount alone.
            "priceBefore" or "priceAfter" => Money(value.Split(' ')[0], value.Split(' ') is [_, var code] ? code : null)
                ?? value,
            "amountOff" or "total" => Money(value, line.Details.GetValueOrDefault("currency")) ?? value,
            _ => value,
        };

    private static string? Money(string amount, string? currency) =>
        long.TryParse(amount, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var minor)
            ? PageFormats.Exact(new Money(minor, currency ?? WebOptions.UsualCurrency))
            : null;

    private static string T(string portuguese, string english) => Languages.IsEnglish ? english : portuguese;
}
