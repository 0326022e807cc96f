using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

/// <summary>The order's way of giving stock back. Repeats, and what is over anyway, answer the same.</summary>
internal static class ReleaseHold
{
    public static async Task<NoContent> Handle(Guid holdId, NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "SELECT end_hold($1, NULL, ARRAY['Held', 'Ordered'], 'Released')"
        );
        command.Add(holdId);
        if (await command.ExecuteScalarAsync(ct) is nameof(HoldStatus.Committed))
            throw ProblemException.Conflict("hold-committed", "The tickets are issued: void them instead.");
        return TypedResults.NoContent();
    }
}
