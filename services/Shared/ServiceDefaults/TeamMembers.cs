using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Who may act for an organizer, as told by Events. A local copy, so that a check at the door or in a sale asks nobody.
/// </summary>
public sealed class TeamMember
{
    public required Guid OrganizerId { get; init; }
    public required Guid UserId { get; init; }

    /// <summary>Null: has left (kept, so that an older message cannot bring the person back).</summary>
    public TeamRole? Role { get; set; }
    public long Version { get; set; }
}

public static class TeamMembers
{
    /// <summary>Table <c>team_members</c>; call in OnModelCreating.</summary>
    public static ModelBuilder AddTeamMembers(this ModelBuilder model)
    {
        model.Entity<TeamMember>(e =>
        {
            e.ToTable("team_members");
            e.HasKey(m => new { m.OrganizerId, m.UserId });
            e.HasIndex(m => m.UserId);
            e.Property(m => m.Role).HasMaxLength(20);
        });
        return model;
    }

    /// <summary>Keeps the copy up to date.</summary>
    public static void MapTeamMembers<TDb>(this IEndpointRouteBuilder routes)
        where TDb : DbContext =>
        routes.MapEvent<TDb, TeamMemberChanged>(
            (TeamMemberChanged changed, TDb db, CancellationToken ct) => db.ApplyAsync(changed, ct)
        );

    /// <summary>And makes up for lost messages.</summary>
    public static IServiceCollection AddTeamMembersPull<TDb>(this IServiceCollection services)
        where TDb : DbContext =>
        services.AddPull(
            "team members",
            (peers, after, ct) =>
                peers.GetAsync<ChangePage<TeamMemberChanged>>(
                    AppIds.Events,
                    $"internal/changes/team-members?after={after}",
                    ct
                ),
            (scope, change, ct) => scope.GetRequiredService<TDb>().ApplyAsync(change, ct)
        );

    /// <summary>Only a newer version changes anything.</summary>
    public static Task ApplyAsync(this DbContext db, TeamMemberChanged changed, CancellationToken ct)
    {
        var role = changed.Role?.ToString();
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO team_members (organizer_id, user_id, role, version)
            VALUES ({changed.OrganizerId}, {changed.UserId}, {role}, {changed.Version})
            ON CONFLICT (organizer_id, user_id) DO UPDATE SET role = excluded.role, version = excluded.version
            WHERE team_members.version < excluded.version
            """,
            ct
        );
    }

    /// <summary>Has the person one of these roles with the organizer? Owner and manager may do everything.</summary>
    public static Task<bool> IsTeamMemberAsync(
        this DbContext db,
        Guid organizerId,
        Guid userId,
        TeamRole role,
        CancellationToken ct
    ) =>
        db.Set<TeamMember>()
            .AnyAsync(
                m =>
                    m.OrganizerId == organizerId
                    && m.UserId == userId
                    && (m.Role == TeamRole.Owner || m.Role == TeamRole.Manager || m.Role == role),
                ct
            );
}
