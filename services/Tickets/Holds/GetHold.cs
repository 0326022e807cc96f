using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

internal static class GetHold
{
    /// <summary>A hold of mine, and what it is for.</summary>
    /// <param name="id">The hold.</param>
    /// <response code="404">No such hold of yours.</response>
    public static async Task<Ok<HoldDetails>> Handle(
        Guid id,
        ClaimsPrincipal user,
        HoldReader reader,
        CancellationToken ct
    ) => TypedResults.Ok(await reader.FindAsync(id, user.UserId(), ct) ?? throw ProblemException.NotFound("hold"));
}
