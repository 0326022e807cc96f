using Ticketing.Web.Language;

namespace Ticketing.Web.Organizer;

/// <summary>Where an event or an order stands, in words, with the colour of its tag.</summary>
internal static class EventStates
{
    public static string NameOf(string status) =>
        status switch
        {
            "draft" => T("Rascunho", "Draft"),
            "published" => T("Publicado", "Published"),
            "cancelled" => T("Cancelado", "Cancelled"),
            _ => status,
        };

    public static string TagOf(string status) =>
        status switch
        {
            "published" => "good",
            "cancelled" => "bad",
            _ => "warm",
        };

    public static readonly IReadOnlyList<string> OfOrders =
    [
        "fulfilled",
        "paid",
        "awaitingPayment",
        "pending",
        "refunded",
        "expired",
        "cancelled",
    ];

    public static string OrderName(string status) =>
        status switch
        {
            "pending" => T("Preparando", "Being prepared"),
            "awaitingPayment" => T("Aguardando pagamento", "Waiting for payment"),
            "paid" => T("Pago", "Paid"),
            "fulfilled" => T("Entregue", "Delivered"),
            "expired" => T("Vencido", "Expired"),
            "cancelled" => T("Cancelado", "Cancelled"),
            "refunded" => T("Reembolsado", "Refunded"),
            _ => status,
        };

    public static string OrderTag(string status) =>
        status switch
        {
            "fulfilled" or "paid" => "good",
            "pending" or "awaitingPayment" => "warm",
            _ => "",
        };

    public static readonly IReadOnlyList<string> OfTickets = ["valid", "used", "voided", "blocked"];

    public static string? TicketTag(string status) =>
        status switch
        {
            "used" => "good",
            "voided" or "blocked" => "bad",
            _ => null,
        };

    public static string TicketName(string status) =>
        status switch
        {
            "valid" => T("não entrou", "not in yet"),
            "used" => T("entrou", "in"),
            "voided" => T("não vale mais", "void"),
            "blocked" => T("bloqueado", "blocked"),
            _ => status,
        };

    private static string T(string portuguese, string english) => Languages.IsEnglish ? english : portuguese;
}
