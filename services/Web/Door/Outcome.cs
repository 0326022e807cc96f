using Ticketing.Web.Api;
using Ticketing.Web.Language;

namespace Ticketing.Web.Door;

/// <summary>What the door says to a scan: by colour, by a sign, by words and by a sound.</summary>
/// <param name="Colour">Class of the style sheet: good, warm or bad.</param>
/// <param name="Sound">Which sound and vibration: admitted, look or refused.</param>
/// <param name="TicketId">Of who came in.</param>
internal sealed record Outcome(
    string Colour,
    string Mark,
    string Sound,
    string Title,
    string? Who,
    IReadOnlyList<string> Lines,
    Guid? TicketId = null
)
{
    public static Outcome Admitted(Admission ticket)
    {
        string[] what = ticket.Seat is { } seat ? [ticket.TicketTypeName, seat] : [ticket.TicketTypeName];
        return ticket.Kind == "half"
            ? new(
                "warm",
                "½",
                "look",
                T("Entra: confira a meia-entrada", "Admitted: check the half-price proof"),
                ticket.HolderName,
                what,
                ticket.TicketId
            )
            : new("good", "✓", "admitted", T("Pode entrar", "Admitted"), ticket.HolderName, what, ticket.TicketId);
    }

    public static Outcome Refused(ApiProblemException problem, string zone) =>
        problem.Code switch
        {
            "already-used" => No(
                T("Já entrou", "Already in"),
                problem.Text("usedAt") is { } at
                && DateTimeOffset.TryParse(at, System.Globalization.CultureInfo.InvariantCulture, out var time)
                    ? T(
                        $"Às {PageFormats.Time(time, zone)}, por {problem.Text("gate")}.",
                        $"At {PageFormats.Time(time, zone)}, by {problem.Text("gate")}."
                    )
                    : ProblemSentences.Of(problem)
            ),
            "voided" => No(
                T("Não vale mais", "No longer good"),
                T(
                    "Reembolsado, passado a outra pessoa ou com código novo.",
                    "Refunded, passed on, or there is a newer code."
                )
            ),
            "wrong-session" => No(T("É de outra data", "For another date"), ProblemSentences.Of(problem)),
            "ticket-blocked" => No(
                T("Bloqueado", "Blocked"),
                T(
                    "O pagamento está contestado: encaminhe à bilheteria.",
                    "The payment is disputed: send the person to the box office."
                )
            ),
            // Of the request, not of the ticket: such as a key that another scan has used.
            "invalid" when !problem.Errors.ContainsKey("code") && !problem.Errors.ContainsKey("number") => new(
                "bad",
                "!",
                "refused",
                T("Tente de novo", "Try again"),
                null,
                [T("Leia o ingresso de novo e confira o portão.", "Scan the ticket again, and look at the gate.")]
            ),
            "not-found" or "invalid" => No(
                T("Não é um ingresso daqui", "Not a ticket of this door"),
                T("Código ou número desconhecido nesta data.", "Unknown code or number for this date.")
            ),
            _ => new("bad", "!", "refused", T("Tente de novo", "Try again"), null, [ProblemSentences.Of(problem)]),
        };

    public static Outcome Unreachable() =>
        new("bad", "!", "refused", T("Sem resposta", "No answer"), null, [ProblemSentences.Of("unavailable")]);

    private static Outcome No(string title, string line) => new("bad", "✕", "refused", title, null, [line]);

    private static string T(string portuguese, string english) => Languages.IsEnglish ? english : portuguese;
}
