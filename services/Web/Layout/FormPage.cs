using System.Globalization;
using Microsoft.AspNetCore.Components;
using Ticketing.Web.Language;

namespace Ticketing.Web.Layout;

/// <summary>A page with forms that change something, and that says so when it was done.</summary>
public abstract class FormPage : PageBase
{
    [SupplyParameterFromQuery(Name = "salvo")]
    public string? SavedMark { get; set; }

    private protected bool Saved => SavedMark is not null && Problem is null;

    /// <summary>The same form sent twice is one thing, also after silence; another visit of the page is another one.</summary>
    private protected string Key =>
        Guid.TryParseExact(Field("key"), "N", out var sent) && (Problem is null || Unknown)
            ? sent.ToString("N")
            : Guid.CreateVersion7().ToString("N");

    private protected override string Silence =>
        T(
            "Não sabemos se deu certo: o serviço não respondeu. Tente de novo em alguns segundos.",
            "We do not know whether it was done: the service did not answer. Try again in a few seconds."
        );

    private protected bool Ticked(string form, string field, bool otherwise = false) =>
        Field("_handler") == form ? Field(field) is not null : otherwise;

    private protected string? Filled(string field) => Field(field) is { Length: > 0 } text ? text : null;

    /// <summary>A whole number as a browser's number fields send it, which take "1e3", too; null for anything else.</summary>
    private protected int? Number(string field) =>
        decimal.TryParse(Field(field), NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var n)
        && n == decimal.Truncate(n)
        && n <= int.MaxValue
            ? (int)n
            : null;

    /// <summary>False when something stands there that is no whole number: it is never taken for none, or for 0.</summary>
    /// <param name="wrong">The field, as the API calls it.</param>
    private protected bool ReadsNumber(string field, string wrong, out int? number)
    {
        number = Number(field);
        if (number is not null || Filled(field) is null)
            return true;
        Refuse(wrong, ProblemSentences.Of("invalid"));
        return false;
    }

    /// <summary>Refused here, before the API is asked.</summary>
    private protected void Refuse(string field, string sentence)
    {
        (Problem, WrongFields) = (sentence, [field]);
        Http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
    }

    /// <summary>Done, the page that shows it; refused, this one again.</summary>
    private protected async Task ChangeAsync(Func<Task> change, string to)
    {
        if (await TryAsync(change))
            Go.NavigateTo(to + (to.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "salvo=1");
    }
}
