using Ticketing.Contracts;

namespace Ticketing.Tickets.Documents;

/// <summary>What is printed beside an event's own words, in one language.</summary>
internal sealed record TicketWords(
    string Ticket,
    string TicketOf,
    string Tickets,
    string LocalTime,
    string Doors,
    string Ends,
    string Where,
    string Section,
    string Row,
    string Seat,
    string Free,
    string Type,
    string Full,
    string Half,
    string HalfHint,
    string Holder,
    string Order,
    string Price,
    string Organizer,
    string ShowThis,
    string Terms,
    string HalfTerms,
    string Picture,
    string FileName
)
{
    public static TicketWords Of(string language) => language == Locales.English ? English : Portuguese;

    private static readonly TicketWords Portuguese = new(
        Ticket: "Ingresso",
        TicketOf: "INGRESSO {0} DE {1}",
        Tickets: "Ingressos",
        LocalTime: "horário local ({0})",
        Doors: "Portas: {0}",
        Ends: "Término: {0}",
        Where: "LOCAL",
        Section: "SETOR",
        Row: "FILA",
        Seat: "ASSENTO",
        Free: "SEM LUGAR MARCADO",
        Type: "INGRESSO",
        Full: "Inteira",
        Half: "MEIA-ENTRADA",
        HalfHint: "Apresente o documento que comprova o direito",
        Holder: "TITULAR",
        Order: "PEDIDO",
        Price: "PREÇO",
        Organizer: "ORGANIZADOR",
        ShowThis: "Apresente este código na entrada, impresso ou no celular.",
        Terms: "Este ingresso dá direito a uma única entrada: o código vale na primeira leitura. Não o publique nem o "
            + "compartilhe. Ao ser transferido para outra pessoa, este documento perde a validade.",
        HalfTerms: " Meia-entrada: leve o documento que comprova o direito (Lei nº 12.933/2013); sem ele a entrada pode "
            + "ser recusada.",
        Picture: "Imagem do evento",
        FileName: "ingresso"
    );

    private static readonly TicketWords English = new(
        Ticket: "Ticket",
        TicketOf: "TICKET {0} OF {1}",
        Tickets: "Tickets",
        LocalTime: "local time ({0})",
        Doors: "Doors: {0}",
        Ends: "Ends: {0}",
        Where: "VENUE",
        Section: "SECTION",
        Row: "ROW",
        Seat: "SEAT",
        Free: "GENERAL ADMISSION",
        Type: "TICKET",
        Full: "Full price",
        Half: "HALF PRICE",
        HalfHint: "Show the document that entitles you to it",
        Holder: "HOLDER",
        Order: "ORDER",
        Price: "PRICE",
        Organizer: "ORGANIZER",
        ShowThis: "Show this code at the door, printed or on your phone.",
        Terms: "This ticket admits once: the code counts when it is first read. Do not publish or share it. Once it is "
            + "transferred to another person, this document is no longer valid.",
        HalfTerms: " Half price (meia-entrada): bring the document that entitles you to it (Brazilian law 12.933/2013); "
            + "without it you may be refused.",
        Picture: "Picture of the event",
        FileName: "ticket"
    );
}
