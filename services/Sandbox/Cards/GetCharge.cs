using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Cards;

internal static class GetCharge
{
    private const int MaxFound = 100;

    public sealed record ListResponse(IReadOnlyList<CardChargeResponse> Items);

    /// <summary>The charge as it now is.</summary>
    public static async Task<Ok<CardChargeResponse>> Handle(
        Guid id,
        NpgsqlDataSource source,
        IOptions<PublicOptions> site,
        CancellationToken ct
    ) => TypedResults.Ok((await CardCharge.Table.GetAsync(source, id, ct)).Describe(site.Value));

    /// <summary>The charges with this reference, at most 100; for a merchant who lost the answer.</summary>
    /// <param name="reference">The merchant's own, given at the charge.</param>
    public static async Task<Ok<ListResponse>> List(
        [Required, RegularExpression(Limits.ReferencePattern)] string reference,
        NpgsqlDataSource source,
        IOptions<PublicOptions> site,
        CancellationToken ct
    )
    {
        var charges = await CardCharge.Table.FindAsync(
            source,
            $"reference = $1 ORDER BY id LIMIT {MaxFound}",
            reference,
            ct
        );
        return TypedResults.Ok(new ListResponse([.. charges.Select(c => c.Describe(site.Value))]));
    }
}
