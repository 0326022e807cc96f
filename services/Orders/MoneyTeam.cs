using System.Security.Claims;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders;

/// <summary>Who of an organizer's team sees its money, and is told what happens to it.</summary>
internal static class MoneyTeam
{
    private static readonly string Ids = $"SELECT {IdsOf("$1")}";

    /// <summary>SQL: their ids, as an array.</summary>
    public static string IdsOf(string organizerId) =>
        $"""
            ARRAY(
                SELECT user_id FROM team_members m
                WHERE m.organizer_id = {organizerId} AND m.role IN ('Owner', 'Manager', 'Finance'))
            """;

    /// <exception cref="ProblemException">404: not of the team, or not one who sees money.</exception>
    public static async Task CheckMoneyTeamAsync(
        this OrdersDb db,
        Guid organizerId,
        ClaimsPrincipal user,
        CancellationToken ct
    )
    {
        if (!await db.IsTeamMemberAsync(organizerId, user.UserId(), TeamRole.Finance, ct))
            throw ProblemException.NotFound("organizer");
    }

    public static async Task<Guid[]> FindAsync(NpgsqlDataSource source, Guid organizerId, CancellationToken ct) =>
        (await source.FirstAsync(Ids, row => row.GetFieldValue<Guid[]>(0), ct, organizerId))!;
}
