using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Ticketing.ServiceDefaults;
using Ticketing.Web.Api;
using Ticketing.Web.Hosting;
using Ticketing.Web.Language;

namespace Ticketing.Web.Layout;

/// <summary>What every page has at hand.</summary>
public abstract class PageBase : ComponentBase
{
    [CascadingParameter]
    public HttpContext Http { get; set; } = null!;

    [Inject]
    internal TicketingApi Api { get; set; } = null!;

    [Inject]
    internal Assets Files { get; set; } = null!;

    [Inject]
    internal NavigationManager Go { get; set; } = null!;

    [Inject]
    internal TimeProvider Clock { get; set; } = null!;

    private bool loaded;

    /// <summary>A page is rendered once, when all that it shows is there: what comes later would need a script.</summary>
    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (!loaded)
        {
            loaded = true;
            await LoadAsync();
        }
        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Asks for what the page shows.</summary>
    private protected virtual Task LoadAsync() => Task.CompletedTask;

    private protected bool SignedIn => Http.User.Identity is { IsAuthenticated: true };
    private protected string UserName => Http.User.FindFirstValue("name") ?? "";

    /// <summary>Both languages stand where they are shown, so that neither can be forgotten.</summary>
    private protected static string T(string portuguese, string english) => Languages.IsEnglish ? english : portuguese;

    /// <summary>The same page again, for links that come back.</summary>
    private protected string Here => Http.Request.Path + Http.Request.QueryString;

    /// <summary>An id in the page's query; null for anything else, which the framework's own binding would fail at.</summary>
    private protected Guid? QueryId(string name) => Guid.TryParse(Http.Request.Query[name], out var id) ? id : null;

    /// <summary>What the API said no to, as a sentence.</summary>
    private protected string? Problem { get; set; }

    /// <summary>Names of the fields that it said no to.</summary>
    private protected IReadOnlyCollection<string> WrongFields { get; set; } = [];

    /// <summary>Nobody knows whether it was done: to ask again is to ask for the same.</summary>
    private protected bool Unknown { get; private set; }

    /// <summary>What is said then.</summary>
    private protected virtual string Silence => ProblemSentences.Of("unavailable");

    /// <summary>False when it was refused: the page is shown again, with what was typed and why.</summary>
    private protected async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (ApiProblemException p) when (p.Status != StatusCodes.Status401Unauthorized)
        {
            // What was sent before was done, and this is something else: only a page that is opened anew sends it.
            var reused = p.Errors.ContainsKey(Idempotency.Header);
            (Problem, WrongFields) = (
                reused ? ProblemSentences.Of("key-reused") : ProblemSentences.Of(p),
                [.. p.Errors.Keys]
            );
            Unknown = reused || p.Status >= StatusCodes.Status500InternalServerError;
            Http.Response.StatusCode = StatusOf(p);
        }
        catch (PeerUnavailableException)
        {
            (Problem, Unknown) = (Silence, true);
            Http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        return false;
    }

    /// <summary>Of what a page can do without: null while its service is silent.</summary>
    private protected static async Task<T?> UnlessAwayAsync<T>(Task<T>? asked)
    {
        try
        {
            return asked is null ? default : await asked;
        }
        catch (PeerUnavailableException)
        {
            return default;
        }
    }

    /// <summary>Of a page that is shown again. It is there, whatever its form asked for: 404 would leave it empty.</summary>
    private protected static int StatusOf(ApiProblemException problem) =>
        problem.Status == StatusCodes.Status404NotFound ? StatusCodes.Status409Conflict : problem.Status;

    /// <summary>A field of the form that was sent; null when none was.</summary>
    private protected string? Field(string name) =>
        Http.Request.HasFormContentType && Http.Request.Form.TryGetValue(name, out var value)
            ? value.ToString().Trim()
            : null;

    private protected int Count(string name) =>
        int.TryParse(Field(name), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;

    /// <summary>What was typed into this form, if it was sent; else what there is.</summary>
    private protected string? Typed(string form, string field, string? otherwise = null) =>
        Field("_handler") == form ? Field(field) : otherwise;

    /// <summary>As <c>aria-invalid</c> says it; of a page with one form.</summary>
    private protected string? Wrong(string field) => WrongFields.Contains(field) ? "true" : null;

    /// <summary>The same of one form of several.</summary>
    private protected string? Wrong(string form, params ReadOnlySpan<string> fields)
    {
        if (Field("_handler") != form)
            return null;
        foreach (var field in fields)
            if (WrongFields.Contains(field))
                return "true";
        return null;
    }

    /// <summary>There is no such page: 404 with its own words.</summary>
    private protected static ApiProblemException Missing() => new(404, "not-found", null);
}
