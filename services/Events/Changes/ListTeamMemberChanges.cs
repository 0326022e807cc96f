using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Events.Changes;

internal static class ListTeamMemberChanges
{
    private const int MaxMembers = 1_000;

    private sealed record Changed(Guid OrganizerId, Guid UserId, string? Role, long Version, string ChangedIn);

    public static async Task<Ok<ChangePage<TeamMemberChanged>>> Handle(string? after, EventsDb db, CancellationToken ct)
    {
        var cursor = ChangeCursor.Parse(after);
        // As for events.
        var changed = await db
            .Database.SqlQuery<Changed>(
                $"""
                SELECT organizer_id, user_id, role, version, changed_in::text FROM team_members
                WHERE changed_in < pg_snapshot_xmin(pg_current_snapshot())
                  AND (changed_in, organizer_id, user_id) > (
                    CASE WHEN {cursor.ChangedIn}::xid8 < pg_snapshot_xmax(pg_current_snapshot())
                        THEN {cursor.ChangedIn}::xid8 ELSE '0'::xid8 END, {cursor.First}, {cursor.Second})
                ORDER BY changed_in, organizer_id, user_id LIMIT {MaxMembers + 1}
                """
            )
            .ToListAsync(ct);
        var items = changed.Take(MaxMembers).ToList();
        var next = items.Count == 0 ? after ?? "" : CursorOf(items[^1]).ToString();
        return TypedResults.Ok(
            new ChangePage<TeamMemberChanged>([.. items.Select(Of)], next, changed.Count > items.Count)
        );
    }

    private static ChangeCursor CursorOf(Changed c) => new(c.ChangedIn, c.OrganizerId, c.UserId);

    private static TeamMemberChanged Of(Changed c) =>
        new(c.OrganizerId, c.UserId, c.Role is null ? null : Enum.Parse<TeamRole>(c.Role), c.Version);
}
