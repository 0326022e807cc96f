using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.SignIn;

/// <summary>
/// A sign-in. What it gave (cookie, codes, refresh tokens) names it and holds no longer than its row; access tokens
/// run out by themselves within a quarter of an hour.
/// </summary>
internal sealed class Session
{
    /// <summary>However active it is.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);
    public static readonly RetentionRule Retention = new("sessions", "ends_at < now()", "It is over.");

    private const int MaxDevice = 60;
    private const int MaxNetwork = 50;

    public Guid Id { get; init; }
    public Guid UserId { get; init; }
    public User User { get; init; } = null!;

    /// <summary>How the person proved it (RFC 8176): <c>pwd</c>, <c>otp</c>, <c>hwk</c>, <c>user</c>.</summary>
    public string[] Methods { get; init; } = [];

    /// <summary>Proven by more than the password.</summary>
    public bool IsStrong => Methods.Any(m => m is AuthenticationMethods.Code or AuthenticationMethods.Passkey);

    /// <summary>The client that took the password itself; null when our pages did.</summary>
    public string? Client { get; init; }
    public string Device { get; init; } = "";
    public string Network { get; init; } = "";
    public DateTimeOffset BeganAt { get; init; }

    /// <summary>When it last gave a token.</summary>
    public DateTimeOffset SeenAt { get; init; }
    public DateTimeOffset EndsAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> e)
        {
            e.ToTable("sessions");
            e.Ignore(s => s.IsStrong);
            e.Property(s => s.Device).HasMaxLength(MaxDevice);
            e.Property(s => s.Network).HasMaxLength(MaxNetwork);
            e.HasIndex(s => s.UserId);
            e.HasIndex(s => s.EndsAt);
        }
    }
}

internal static class Sessions
{
    /// <summary>Null when the password changed since <paramref name="user"/> was read.</summary>
    public static async Task<Session?> BeginAsync(
        this UsersDb db,
        User user,
        string[] methods,
        string? client,
        HttpContext http,
        CancellationToken ct
    )
    {
        var (id, device) = (Guid.CreateVersion7(), DeviceName.Of(http.Request.Headers.UserAgent.ToString()));
        var network = ClientNetwork.Of(ClientNetwork.AddressOf(http));
        var begun = await db
            .Sessions.FromSql(
                $"""
                INSERT INTO sessions (id, user_id, methods, client, device, network, began_at, seen_at, ends_at)
                SELECT {id}, id, {methods}, {client}, {device}, {network}, now(), now(), now() + {Session.Lifetime}
                FROM users WHERE id = {user.Id} AND stamp = {user.Stamp} FOR SHARE
                RETURNING *
                """
            )
            .AsNoTracking()
            .ToListAsync(ct);
        return begun is [var session] ? session.Of(user) : null;
    }

    /// <summary>Null when it is over.</summary>
    public static Task<Session?> FindSessionAsync(this UsersDb db, Guid id, CancellationToken ct) =>
        db
            .Sessions.FromSql($"SELECT * FROM sessions WHERE id = {id} AND ends_at > now()")
            .Include(s => s.User)
            .AsNoTracking()
            .SingleOrDefaultAsync(ct);

    /// <summary>The person has proven it in another way, too.</summary>
    public static Task<int> StrengthenAsync(this UsersDb db, Session session, string method, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE sessions SET methods = array_append(methods, {method})
            WHERE id = {session.Id} AND NOT {method} = ANY(methods)
            """,
            ct
        );

    public static Task<int> EndSessionAsync(this UsersDb db, Guid person, Guid id, CancellationToken ct) =>
        db.Sessions.Where(s => s.Id == id && s.UserId == person).ExecuteDeleteAsync(ct);

    public static Task<int> EndSessionsAsync(this UsersDb db, Guid person, CancellationToken ct) =>
        db.Sessions.Where(s => s.UserId == person).ExecuteDeleteAsync(ct);

    private static Session Of(this Session session, User user) =>
        new()
        {
            Id = session.Id,
            UserId = user.Id,
            User = user,
            Methods = session.Methods,
            Client = session.Client,
            Device = session.Device,
            Network = session.Network,
            BeganAt = session.BeganAt,
            SeenAt = session.SeenAt,
            EndsAt = session.EndsAt,
        };
}
