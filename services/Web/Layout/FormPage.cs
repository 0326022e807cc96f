using Microsoft.AspNetCore.Components;

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

    private protected int? Number(string field) => Filled(field) is null ? null : Count(field);

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
