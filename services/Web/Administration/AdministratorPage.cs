using Ticketing.Web.Api;
using Ticketing.Web.Layout;

namespace Ticketing.Web.Administration;

/// <summary>A page of the platform's administrators. Who is none is told that there is no such page.</summary>
public abstract class AdministratorPage : FormPage
{
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
}
