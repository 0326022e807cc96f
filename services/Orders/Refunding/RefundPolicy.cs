using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunding;

/// <summary>What an organizer's partial refunds do, unless a request says otherwise. Who withdraws by law gets all back.</summary>
public sealed class RefundPolicy
{
    public required Guid OrganizerId { get; init; }
    public required bool KeepsFee { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<RefundPolicy>
    {
        public void Configure(EntityTypeBuilder<RefundPolicy> builder)
        {
            builder.ToTable("refund_policies");
            builder.HasKey(p => p.OrganizerId);
        }
    }
}

/// <summary>Reads and sets it.</summary>
public static class RefundPolicies
{
    /// <param name="KeepsFee">The service fee of refunded tickets does not go back.</param>
    public sealed record Policy(bool KeepsFee);

    /// <summary>Whether the service fee goes back with a part of an order, when a refund does not say.</summary>
    /// <remarks>For the organizer's owner, managers and finance. Until somebody sets it, it goes back.</remarks>
    /// <param name="organizerId">Your organizer.</param>
    /// <response code="404">No such organizer of yours.</response>
    internal static async Task<Ok<Policy>> Get(
        Guid organizerId,
        ClaimsPrincipal user,
        OrdersDb db,
        CancellationToken ct
    )
    {
        await db.CheckMoneyTeamAsync(organizerId, user, ct);
        return TypedResults.Ok(new Policy(await db.KeepsFeeAsync(organizerId, ct)));
    }

    /// <summary>Sets whether the service fee goes back with a part of an order, when a refund does not say.</summary>
    /// <remarks>For the organizer's owner and managers. A whole refund, which a buyer may ask for by law, gives all back.</remarks>
    /// <param name="organizerId">Your organizer.</param>
    /// <response code="403">You are of its team, but neither owner nor manager.</response>
    /// <response code="404">No such organizer of yours.</response>
    internal static async Task<Ok<Policy>> Set(
        Guid organizerId,
        Policy request,
        ClaimsPrincipal user,
        Actor actor,
        OrdersDb db,
        CancellationToken ct
    )
    {
        await db.CheckMoneyTeamAsync(organizerId, user, ct);
        if (!await db.IsTeamMemberAsync(organizerId, user.UserId(), TeamRole.Manager, ct))
            throw ProblemException.Forbidden("Only the owner and managers may do that.");
        await db.InTransactionAsync(
            async token =>
            {
                var changed = await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO refund_policies (organizer_id, keeps_fee) VALUES ({organizerId}, {request.KeepsFee})
                    ON CONFLICT (organizer_id) DO UPDATE SET keeps_fee = excluded.keeps_fee
                    WHERE refund_policies.keeps_fee <> excluded.keeps_fee
                    """,
                    token
                );
                if (changed > 0)
                    db.Record(
                        actor.Did(
                            "refund-policy.changed",
                            organizerId,
                            organizerId,
                            null,
                            ("keepsFee", request.KeepsFee)
                        )
                    );
                return changed;
            },
            ct
        );
        return TypedResults.Ok(request);
    }

    internal static Task<bool> KeepsFeeAsync(this OrdersDb db, Guid organizerId, CancellationToken ct) =>
        db.Set<RefundPolicy>().AnyAsync(p => p.OrganizerId == organizerId && p.KeepsFee, ct);
}
