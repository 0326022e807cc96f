using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Web.Api;
using Ticketing.Web.Layout;

namespace Ticketing.Web.Organizer;

/// <summary>A page of an organizer's team. Who is in no such team is told that there is no such page.</summary>
public abstract class RoomPage : PageBase
{
    private const int MaxTeams = 100;

    [Inject]
    private IOptions<WebOptions> Options { get; set; } = null!;

    [Parameter]
    public Guid OrganizerId { get; set; }

    [SupplyParameterFromQuery(Name = "salvo")]
    public string? SavedMark { get; set; }

    private protected Membership Team { get; private set; } = null!;

    private protected string Room => RoomOf(OrganizerId);

    private protected bool Saved => SavedMark is not null && Problem is null;

    internal static string RoomOf(Guid organizerId) => $"/organizar/{organizerId}";

    private protected sealed override async Task LoadAsync()
    {
        var teams = await Api.GetAsync<Page<Membership>>(AppIds.Events, $"/api/v1/organizers?limit={MaxTeams}");
        Team = teams.Items.FirstOrDefault(t => t.Id == OrganizerId) ?? throw Missing();
        await LoadRoomAsync();
    }

    /// <summary>What the event's prices are in: all in one.</summary>
    private protected string CurrencyOf(EventView show) =>
        show.Sessions.SelectMany(s => s.TicketTypes).FirstOrDefault()?.Price.Currency ?? Options.Value.Currency;

    private protected virtual Task LoadRoomAsync() => Task.CompletedTask;

    /// <summary>The same form sent twice is one thing; another visit of the page is another one.</summary>
    private protected string Key =>
        Field("key") is { Length: 32 } sent && Problem is null ? sent : Guid.CreateVersion7().ToString("N");

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
