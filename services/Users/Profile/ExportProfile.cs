using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Profile;

public static class ExportProfile
{
    private const int MaxConsents = 10_000;
    private const int MaxSignIns = 1_000;
    private static readonly string[] Further = ["/api/v1/me/orders", "/api/v1/me/tickets"];

    /// <summary>All that this service keeps about the person.</summary>
    /// <param name="Cpf">The eleven digits.</param>
    /// <param name="SignIns">Applications that may act for the person, and since when; the latest 1,000.</param>
    /// <param name="Further">Where the other services give out what they keep.</param>
    public sealed record Response(
        Guid Id,
        string Email,
        string Name,
        string? Cpf,
        string Locale,
        IReadOnlyList<string> Roles,
        DateTimeOffset CreatedAt,
        IReadOnlyList<ConsentEntry> Consents,
        IReadOnlyList<SignInEntry> SignIns,
        IReadOnlyList<string> Further
    );

    public sealed record SignInEntry(string? Application, DateTimeOffset At);

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
        var subject = user.Id.ToString();
        var signIns = await db.Set<OpenIddictEntityFrameworkCoreAuthorization<Guid>>()
            .AsNoTracking()
            .Where(a => a.Subject == subject && a.CreationDate != null)
            .OrderByDescending(a => a.CreationDate)
            .Take(MaxSignIns)
            .Select(a => new { a.Application!.ClientId, At = a.CreationDate!.Value })
            .ToListAsync(ct);
        response.Headers.ContentDisposition = "attachment; filename=\"ticketing.json\"";
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            new Response(
                user.Id,
                user.Email!,
                user.Name,
                user.Cpf is null ? null : await protector.DecryptAsync(user.Cpf, ct),
                user.Locale,
                user.Roles,
                user.CreatedAt,
                consents,
                [.. signIns.Select(s => new SignInEntry(s.ClientId, new(s.At, TimeSpan.Zero)))],
                Further
            )
        );
    }
}
