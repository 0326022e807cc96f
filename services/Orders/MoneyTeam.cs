using Npgsql;
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

    public static async Task<Guid[]> FindAsync(NpgsqlDataSource source, Guid organizerId, CancellationToken ct) =>
        (await source.FirstAsync(Ids, row => row.GetFieldValue<Guid[]>(0), ct, organizerId))!;
}
