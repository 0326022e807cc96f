using Microsoft.AspNetCore.Components;
using Ticketing.Web.Api;
using Ticketing.Web.Layout;

namespace Ticketing.Web.Administration;

/// <summary>A page of the platform's administrators. Who is none is told that there is no such page.</summary>
public abstract class AdministratorPage : PageBase
{
    [SupplyParameterFromQuery(Name = "salvo")]
    public string? SavedMark { get; set; }

    private protected bool Saved => SavedMark is not null && Problem is null;

    private protected sealed override async Task LoadAsync()
    {
        try
        {
            await LoadAsAdministratorAsync();
        }
        catch (ApiProblemException p) when (p.Status == StatusCodes.Status403Forbidden)
        {
            throw Missing();
        }
    }

    private protected abstract Task LoadAsAdministratorAsync();

    /// <summary>Done, the page that shows it; refused, this one again.</summary>
    private protected async Task ChangeAsync(Func<Task> change, string to)
    {
        if (await TryAsync(change))
            Go.NavigateTo(to + (to.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "salvo=1");
    }
}
