using Ticketing.Contracts;
using Ticketing.Notifications.Deliveries;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Mails;

/// <summary>The sentences of the mails in one language.</summary>
public sealed record Words(
    string Greeting,
    string GreetingOfNobody,
    string Somebody,
    string When,
    string Where,
    string Order,
    string Tickets,
    string Holder,
    string Seat,
    string Number,
    string OpenTicket,
    string ShowTicket,
    string ShowTickets,
    string Open,
    string Ticket,
    string Doors,
    string Ends,
    string LocalTime,
    string Map,
    string Calendar,
    string Questions,
    string RefundUntil,
    string Section,
    string Row,
    string PlaceNumber,
    string OpenOffer,
    string Purchase,
    string Discount,
    string Fee,
    string Total,
    string Refunded,
    string AtTheDoor,
    Func<MailKind, string> Footer,
    Func<MailKind, string> Subject,
    Func<MailKind, string> Heading,
    Func<MailKind, string?, string> Lead
)
{
    internal static Words Of(Formats formats) => formats.Language == Locales.English ? English : Portuguese;

    private static readonly Words Portuguese = new(
        Greeting: "Olá, {0}!",
        GreetingOfNobody: "Olá!",
        Somebody: "Alguém",
        When: "Quando",
        Where: "Onde",
        Order: "Pedido",
        Tickets: "Seus ingressos",
        Holder: "Titular",
        Seat: "Lugar",
        Number: "Número",
        OpenTicket: "Abrir ingresso (PDF)",
        ShowTicket: "Mostrar ingresso",
        ShowTickets: "Mostrar os {0} ingressos",
        Open: "Abrir",
        Ticket: "Ingresso",
        Doors: "Portas",
        Ends: "Término",
        LocalTime: "horário local, {0}",
        Map: "Ver no mapa",
        Calendar: "Pôr na agenda",
        Questions: "Dúvidas sobre o evento? Escreva a {0}:",
        RefundUntil: "Você pode desistir da compra e receber o dinheiro de volta até {0}.",
        Section: "setor",
        Row: "fila",
        PlaceNumber: "assento",
        OpenOffer: "Ver a oferta",
        Purchase: "Resumo do pedido",
        Discount: "Desconto",
        Fee: "Taxa de serviço, incluída",
        Total: "Total",
        Refunded: "Valor devolvido",
        AtTheDoor: "Na entrada, mostre o QR code de cada ingresso, no celular ou impresso. Cada um vale uma única entrada. Meia-entrada: leve o documento que a comprova.",
        Footer: kind =>
            kind switch
            {
                MailKind.TransferOffered or MailKind.TransferWithdrawn =>
                    "Você recebeu esta mensagem porque alguém ofereceu um ingresso a este e-mail. Ela é automática; se não quiser o ingresso, não é preciso fazer nada.",
                >= MailKind.TransferAccepted =>
                    "Você recebeu esta mensagem por causa de um ingresso da sua conta. Ela é automática; não é preciso responder.",
                _ =>
                    "Você recebeu esta mensagem por causa de um pedido feito com este e-mail. Ela é automática; não é preciso responder.",
            },
        Subject: kind =>
            kind switch
            {
                MailKind.OrderFulfilled => "Seus ingressos: {1}",
                MailKind.OrderExpired => "Pedido {0} expirou: {1}",
                MailKind.OrderCancelled => "Pedido {0} cancelado: {1}",
                MailKind.OrderRefunded or MailKind.OrderPartiallyRefunded => "Reembolso do pedido {0}: {1}",
                MailKind.OrderRescheduled => "Nova data ou novo local: {1}",
                MailKind.TransferOffered => "{2} ofereceu um ingresso a você: {1}",
                MailKind.TransferAccepted => "Ingresso transferido: {1}",
                MailKind.TransferReceived => "Seu ingresso: {1}",
                MailKind.TransferDeclined => "Oferta recusada: {1}",
                MailKind.TransferExpired => "A oferta terminou: {1}",
                MailKind.TransferWithdrawn => "Oferta retirada: {1}",
                MailKind.TicketRescheduled => "Nova data ou novo local: {1}",
                MailKind.TicketVoided => "Ingresso cancelado: {1}",
                _ => throw new ArgumentOutOfRangeException(nameof(kind)),
            },
        Heading: kind =>
            kind switch
            {
                MailKind.OrderFulfilled => "Seus ingressos chegaram",
                MailKind.OrderExpired => "Seu pedido expirou",
                MailKind.OrderCancelled => "Seu pedido foi cancelado",
                MailKind.OrderRefunded => "Seu dinheiro foi devolvido",
                MailKind.OrderPartiallyRefunded => "Parte do pedido foi devolvida",
                MailKind.OrderRescheduled => "O evento mudou",
                MailKind.TransferOffered => "Um ingresso para você",
                MailKind.TransferAccepted => "Seu ingresso foi transferido",
                MailKind.TransferReceived => "O ingresso é seu",
                MailKind.TransferDeclined => "Sua oferta foi recusada",
                MailKind.TransferExpired => "Sua oferta terminou",
                MailKind.TransferWithdrawn => "A oferta foi retirada",
                MailKind.TicketRescheduled => "O evento mudou",
                MailKind.TicketVoided => "Seu ingresso foi cancelado",
                _ => throw new ArgumentOutOfRangeException(nameof(kind)),
            },
        Lead: (kind, reason) =>
            (kind, reason) switch
            {
                (MailKind.OrderFulfilled, _) =>
                    "Sua compra está confirmada. Abra seus ingressos agora ou guarde este e-mail para o dia do evento.",
                (MailKind.OrderExpired, _) =>
                    "Não recebemos o pagamento a tempo, e os lugares foram liberados. Se você pagou mesmo assim, fique tranquilo: confirmamos a compra se ainda houver lugar ou devolvemos todo o valor.",
                (MailKind.OrderCancelled, "buyer") =>
                    "Como você pediu, cancelamos o pedido, e os lugares foram liberados.",
                (MailKind.OrderCancelled, "payment-failed") =>
                    "O pagamento não foi aprovado, e os lugares foram liberados. Você pode comprar de novo enquanto houver ingressos.",
                (MailKind.OrderCancelled, "event-cancelled") => "O evento foi cancelado e, com ele, o seu pedido.",
                (MailKind.OrderCancelled, _) => "O pedido foi cancelado, e os lugares foram liberados.",
                (MailKind.OrderRefunded, _) =>
                    "Devolvemos o valor abaixo pela mesma forma de pagamento: por Pix, em instantes; no cartão, em até duas faturas. Os ingressos deste pedido não valem mais.",
                (MailKind.OrderPartiallyRefunded, "tickets") =>
                    "Devolvemos o valor abaixo pela mesma forma de pagamento: por Pix, em instantes; no cartão, em até duas faturas. Não valem mais os ingressos {2}; o resto do pedido continua valendo.",
                (MailKind.OrderPartiallyRefunded, "tickets-only") =>
                    "Não valem mais os ingressos {2}; o resto do pedido continua valendo.",
                (MailKind.OrderPartiallyRefunded, _) =>
                    "Devolvemos o valor abaixo pela mesma forma de pagamento: por Pix, em instantes; no cartão, em até duas faturas. Seus ingressos continuam valendo.",
                (MailKind.OrderRescheduled, _) =>
                    "A data, o horário ou o local mudou: acima está como é agora; antes, o início era {1}. Seus ingressos continuam valendo. Se não puder ir, você pode devolver o pedido nos próximos sete dias, até o início do evento.",
                (MailKind.TransferOffered, _) =>
                    "{0} ofereceu este ingresso a você. Para recebê-lo, entre com a conta deste e-mail, ou crie uma, e aceite até {1}. Até lá o ingresso continua sendo de quem o ofereceu.",
                (MailKind.TransferAccepted, _) =>
                    "Sua oferta foi aceita, e o ingresso agora é de outra pessoa. O código e o PDF que você tinha não valem mais.",
                (MailKind.TransferReceived, _) =>
                    "Você aceitou este ingresso. O código é novo e só seu: abra o PDF agora ou guarde este e-mail para o dia do evento.",
                (MailKind.TransferDeclined, _) =>
                    "A pessoa não quis o ingresso, e ele continua sendo seu, com o mesmo código. Você pode oferecê-lo a outra pessoa.",
                (MailKind.TransferExpired, _) =>
                    "Ninguém aceitou o ingresso a tempo, e ele continua sendo seu, com o mesmo código. Se as portas ainda não abriram, você pode oferecê-lo de novo.",
                (MailKind.TransferWithdrawn, _) =>
                    "Este ingresso não está mais sendo oferecido a você. Não é preciso fazer nada.",
                (MailKind.TicketRescheduled, _) =>
                    "A data, o horário ou o local mudou: acima está como é agora; antes, o início era {1}. Seu ingresso continua valendo, com o mesmo código. Se não puder ir, você pode oferecê-lo a outra pessoa.",
                (MailKind.TicketVoided, "event-cancelled") =>
                    "O evento foi cancelado, e este ingresso não vale mais. O valor volta a quem o comprou.",
                (MailKind.TicketVoided, _) =>
                    "A compra deste ingresso foi reembolsada, e ele não vale mais. O valor volta a quem o comprou.",
                _ => throw new ArgumentOutOfRangeException(nameof(kind)),
            }
    );

    private static readonly Words English = new(
        Greeting: "Hello, {0}!",
        GreetingOfNobody: "Hello!",
        Somebody: "Somebody",
        When: "When",
        Where: "Where",
        Order: "Order",
        Tickets: "Your tickets",
        Holder: "Holder",
        Seat: "Seat",
        Number: "Number",
        OpenTicket: "Open ticket (PDF)",
        ShowTicket: "Show ticket",
        ShowTickets: "Show all {0} tickets",
        Open: "Open",
        Ticket: "Ticket",
        Doors: "Doors",
        Ends: "Ends",
        LocalTime: "local time, {0}",
        Map: "See the map",
        Calendar: "Add to calendar",
        Questions: "Questions about the event? Write to {0}:",
        RefundUntil: "You may give the order back and have your money returned until {0}.",
        Section: "section",
        Row: "row",
        PlaceNumber: "seat",
        OpenOffer: "See the offer",
        Purchase: "Order summary",
        Discount: "Discount",
        Fee: "Service fee, included",
        Total: "Total",
        Refunded: "Amount refunded",
        AtTheDoor: "At the door, show each ticket's QR code, on your phone or printed. Each one admits once. Half price: bring the document that entitles you to it.",
        Footer: kind =>
            kind switch
            {
                MailKind.TransferOffered or MailKind.TransferWithdrawn =>
                    "You received this message because somebody offered a ticket to this address. It is automatic; if you do not want the ticket, there is nothing to do.",
                >= MailKind.TransferAccepted =>
                    "You received this message because of a ticket of your account. It is automatic; there is no need to reply.",
                _ =>
                    "You received this message because of an order placed with this address. It is automatic; there is no need to reply.",
            },
        Subject: kind =>
            kind switch
            {
                MailKind.OrderFulfilled => "Your tickets: {1}",
                MailKind.OrderExpired => "Order {0} expired: {1}",
                MailKind.OrderCancelled => "Order {0} cancelled: {1}",
                MailKind.OrderRefunded or MailKind.OrderPartiallyRefunded => "Refund of order {0}: {1}",
                MailKind.OrderRescheduled => "New date or place: {1}",
                MailKind.TransferOffered => "{2} offers you a ticket: {1}",
                MailKind.TransferAccepted => "Ticket transferred: {1}",
                MailKind.TransferReceived => "Your ticket: {1}",
                MailKind.TransferDeclined => "Offer declined: {1}",
                MailKind.TransferExpired => "Offer expired: {1}",
                MailKind.TransferWithdrawn => "Offer withdrawn: {1}",
                MailKind.TicketRescheduled => "New date or place: {1}",
                MailKind.TicketVoided => "Ticket cancelled: {1}",
                _ => throw new ArgumentOutOfRangeException(nameof(kind)),
            },
        Heading: kind =>
            kind switch
            {
                MailKind.OrderFulfilled => "Your tickets are here",
                MailKind.OrderExpired => "Your order has expired",
                MailKind.OrderCancelled => "Your order was cancelled",
                MailKind.OrderRefunded => "Your money was returned",
                MailKind.OrderPartiallyRefunded => "A part of your order was refunded",
                MailKind.OrderRescheduled => "The event was moved",
                MailKind.TransferOffered => "A ticket for you",
                MailKind.TransferAccepted => "Your ticket was transferred",
                MailKind.TransferReceived => "The ticket is yours",
                MailKind.TransferDeclined => "Your offer was declined",
                MailKind.TransferExpired => "Your offer has expired",
                MailKind.TransferWithdrawn => "The offer was withdrawn",
                MailKind.TicketRescheduled => "The event was moved",
                MailKind.TicketVoided => "Your ticket was cancelled",
                _ => throw new ArgumentOutOfRangeException(nameof(kind)),
            },
        Lead: (kind, reason) =>
            (kind, reason) switch
            {
                (MailKind.OrderFulfilled, _) =>
                    "Your purchase is confirmed. Open your tickets now, or keep this mail for the day of the event.",
                (MailKind.OrderExpired, _) =>
                    "We did not receive the payment in time, and the places were released. If you paid nevertheless, do not worry: we confirm the purchase if there are places left, or return the whole amount.",
                (MailKind.OrderCancelled, "buyer") =>
                    "As you asked, we cancelled the order, and the places were released.",
                (MailKind.OrderCancelled, "payment-failed") =>
                    "The payment was not approved, and the places were released. You can buy again while there are tickets.",
                (MailKind.OrderCancelled, "event-cancelled") => "The event was cancelled and, with it, your order.",
                (MailKind.OrderCancelled, _) => "The order was cancelled, and the places were released.",
                (MailKind.OrderRefunded, _) =>
                    "We returned the amount below by the same means of payment: by Pix at once; on a card within two statements. The tickets of this order are no longer valid.",
                (MailKind.OrderPartiallyRefunded, "tickets") =>
                    "We returned the amount below by the same means of payment: by Pix at once; on a card within two statements. No longer valid: {2}; the rest of the order stands.",
                (MailKind.OrderPartiallyRefunded, "tickets-only") =>
                    "No longer valid: {2}; the rest of the order stands.",
                (MailKind.OrderPartiallyRefunded, _) =>
                    "We returned the amount below by the same means of payment: by Pix at once; on a card within two statements. Your tickets remain valid.",
                (MailKind.OrderRescheduled, _) =>
                    "The date, the time or the place has changed: above is how it is now; before, it was to start {1}. Your tickets remain valid. If you cannot come, you may give the order back within the next seven days, until the event starts.",
                (MailKind.TransferOffered, _) =>
                    "{0} offers you this ticket. To receive it, sign in with the account of this address, or create one, and accept until {1}. Until then the ticket stays with whoever offers it.",
                (MailKind.TransferAccepted, _) =>
                    "Your offer was accepted, and the ticket is now another person's. The code and the PDF that you had are no longer valid.",
                (MailKind.TransferReceived, _) =>
                    "You accepted this ticket. Its code is new and yours alone: open the PDF now, or keep this mail for the day of the event.",
                (MailKind.TransferDeclined, _) =>
                    "The ticket was not wanted, and stays yours with the same code. You can offer it to another person.",
                (MailKind.TransferExpired, _) =>
                    "Nobody accepted the ticket in time, and it stays yours with the same code. As long as the doors are closed, you can offer it again.",
                (MailKind.TransferWithdrawn, _) => "This ticket is no longer offered to you. There is nothing to do.",
                (MailKind.TicketRescheduled, _) =>
                    "The date, the time or the place has changed: above is how it is now; before, it was to start {1}. Your ticket remains valid, with the same code. If you cannot come, you can offer it to another person.",
                (MailKind.TicketVoided, "event-cancelled") =>
                    "The event was cancelled, and this ticket is no longer valid. The money goes back to whoever bought it.",
                (MailKind.TicketVoided, _) =>
                    "The purchase of this ticket was refunded, and it is no longer valid. The money goes back to whoever bought it.",
                _ => throw new ArgumentOutOfRangeException(nameof(kind)),
            }
    );
}
