using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Cards;

internal static class GetCharge
{
    private const int MaxFound = 100;

    public sealed record ListResponse(IReadOnlyList<CardChargeResponse> Items);

    /// <summary>The charge as it now is.</summary>
    public static async Task<Ok<CardChargeResponse>> Handle(
        Guid id,
        SandboxDb db,
        IOptions<PublicOptions> site,
        CancellationToken ct
    )
    {
        var charge =
            await db.CardCharges.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, ct)
            ?? throw ProblemException.NotFound("charge");
        return TypedResults.Ok(charge.Describe(site.Value));
    }

    /// <summary>The charges with this reference, at most 100; for a merchant who lost the answer.</summary>
    /// <param name="reference">The merchant's own, given at the charge.</param>
    public static async Task<Ok<ListResponse>> List(
        [Required, RegularExpression(Limits.ReferencePattern)] string reference,
        SandboxDb db,
        IOptions<PublicOptions> site,
        CancellationToken ct
    )
    {
        var charges = await db
            .CardCharges.AsNoTracking()
            .Where(c => c.Reference == reference)
            .OrderBy(c => c.Id)
            .Take(MaxFound)
            .ToListAsync(ct);
        return TypedResults.Ok(new ListResponse([.. charges.Select(c => c.Describe(site.Value))]));
    }
}
