using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

internal static class ReturnHold
{
    /// <summary>Give a hold of mine back.</summary>
    /// <remarks>Repeats, and holds that are over anyway, answer the same.</remarks>
    /// <param name="id">The hold.</param>
    /// <response code="404">No such hold of yours.</response>
    /// <response code="409">
    /// <c>hold-ordered</c>: an order has it; cancel the order instead. Also when an order of it was refused: order again, or
    /// the hold ends by itself.
    /// </response>
    public static async Task<NoContent> Handle(
        Guid id,
        ClaimsPrincipal user,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        await using var command = source.CreateCommand("SELECT end_hold($1, $2, ARRAY['Held'], 'Returned')");
        command.Add(id, user.UserId());
        return await command.ExecuteScalarAsync(ct) switch
        {
            string state
                when Enum.Parse<HoldStatus>(state) is HoldStatus.Ordered or HoldStatus.Committed or HoldStatus.Voided =>
                throw ProblemException.Conflict("hold-ordered", "An order has this hold, or was tried with it."),
            string => TypedResults.NoContent(),
            _ => throw ProblemException.NotFound("hold"),
        };
    }
}
