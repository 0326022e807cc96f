using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.Profile;

public static class ExportProfile
{
    private const int MaxConsents = 10_000;
    private static readonly string[] Further = ["/api/v1/me/orders", "/api/v1/me/tickets"];

    /// <summary>All that this service keeps about the person.</summary>
    /// <param name="Cpf">The eleven digits.</param>
    /// <param name="Sessions">Where the person is signed in; the latest 1,000.</param>
    /// <param name="Further">Where the other services give out what they keep.</param>
    public sealed record Response(
        Guid Id,
        string Email,
        DateTimeOffset? EmailVerifiedAt,
        string Name,
        string? Cpf,
        string Locale,
        IReadOnlyList<string> Roles,
        DateTimeOffset CreatedAt,
        IReadOnlyList<ConsentEntry> Consents,
        IReadOnlyList<SessionEntry> Sessions,
        IReadOnlyList<string> Further
    );

    public sealed record SessionEntry(string Device, string Network, DateTimeOffset BeganAt, DateTimeOffset SeenAt);

    /// <summary>Gives out the person's data (LGPD, art. 18, II and V, and art. 19).</summary>
    internal static async Task<Ok<Response>> Handle(
        ClaimsPrincipal me,
        UsersDb db,
        PersonalDataProtector protector,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var user = await db.FindAsync(me.UserId(), ct) ?? throw ProblemException.NotFound("profile");
        var consents = await db
            .Consents.AsNoTracking()
            .Where(c => c.UserId == user.Id)
            .OrderByDescending(c => c.Id)
            .Take(MaxConsents)
            .Select(c => new ConsentEntry(c.Purpose, c.Granted, c.At))
            .ToListAsync(ct);
        var sessions = await ListSessions.OfAsync(db, user.Id, ct);
        response.Headers.ContentDisposition = "attachment; filename=\"ticketing.json\"";
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            new Response(
                user.Id,
                user.Email!,
                user.EmailVerifiedAt,
                user.Name,
                user.Cpf is null ? null : await protector.DecryptAsync(user.Cpf, User.CpfColumn.At(user.Id), ct),
                user.Locale,
                user.Roles,
                user.CreatedAt,
                consents,
                [.. sessions.Select(s => new SessionEntry(s.Device, s.Network, s.BeganAt, s.SeenAt))],
                Further
            )
        );
    }
}
