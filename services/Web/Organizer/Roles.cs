using Ticketing.Web.Language;

namespace Ticketing.Web.Organizer;

/// <summary>What somebody may be in a team, in words.</summary>
internal static class Roles
{
    public static readonly IReadOnlyList<string> All = ["manager", "finance", "door", "owner"];

    public static string NameOf(string role) =>
        role switch
        {
            "owner" => T("Titular", "Owner"),
            "manager" => T("Gestão", "Manager"),
            "finance" => T("Finanças", "Finance"),
            "door" => T("Portaria", "Door"),
            _ => role,
        };

    public static string MeaningOf(string role) =>
        role switch
        {
            "owner" => T("tudo, também a equipe e o registro", "everything, also the team and the audit log"),
            "manager" => T("eventos, vendas, equipe e portaria", "events, sales, team and door"),
            "finance" => T("pedidos e reembolsos", "orders and refunds"),
            _ => T("deixa entrar, nada mais", "lets people in, nothing else"),
        };

    private static string T(string portuguese, string english) => Languages.IsEnglish ? english : portuguese;
}
