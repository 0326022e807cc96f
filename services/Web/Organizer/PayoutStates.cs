using Ticketing.Web.Language;

namespace Ticketing.Web.Organizer;

/// <summary>Where a payout stands, in words, with the colour of its tag.</summary>
internal static class PayoutStates
{
    public static string NameOf(string status) =>
        status switch
        {
            "created" => T("A caminho", "On its way"),
            "paid" => T("Pago", "Paid"),
            "failed" => T("Falhou", "Failed"),
            _ => status,
        };

    public static string TagOf(string status) =>
        status switch
        {
            "paid" => "good",
            "failed" => "bad",
            _ => "warm",
        };

    private static string T(string portuguese, string english) => Languages.IsEnglish ? english : portuguese;
}
