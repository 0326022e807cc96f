using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Web.Api;
using Ticketing.Web.Layout;

namespace Ticketing.Web.Organizer;

/// <summary>A page of an organizer's team. Who is in no such team is told that there is no such page.</summary>
public abstract class RoomPage : FormPage
{
    private const int MaxTeams = 100;

    [Inject]
    private IOptions<WebOptions> Options { get; set; } = null!;

    [Parameter]
    public Guid OrganizerId { get; set; }

    private protected Membership Team { get; private set; } = null!;

    private protected string Room => RoomOf(OrganizerId);

    internal static string RoomOf(Guid organizerId) => $"/organizar/{organizerId}";

    private protected sealed override async Task LoadAsync()
    {
        Team = await FindTeamAsync() ?? throw Missing();
        await LoadRoomAsync();
    }

    private protected virtual async Task<Membership?> FindTeamAsync()
    {
        var teams = await Api.GetAsync<Page<Membership>>(AppIds.Events, $"/api/v1/organizers?limit={MaxTeams}");
        return teams.Items.FirstOrDefault(t => t.Id == OrganizerId);
    }

    /// <summary>What the event's prices are in: all in one.</summary>
    private protected string CurrencyOf(EventView show) =>
        show.Sessions.SelectMany(s => s.TicketTypes).FirstOrDefault()?.Price.Currency ?? Options.Value.Currency;

    /// <summary>Of an address, as long as the API takes it.</summary>
    internal static string? Shortened(string? typed, int maxLength) =>
        typed is null ? null : ServiceDefaults.AsStored.Cut(typed.Trim(), maxLength);

    private protected virtual Task LoadRoomAsync() => Task.CompletedTask;
}
