using System.IO.Compression;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.Profile;

public static class ExportProfile
{
    private const int MaxConsents = 10_000;
    private static readonly JsonSerializerOptions Indented = new(ServiceDefaultsExtensions.Json)
    {
        WriteIndented = true,
    };

    /// <summary>All that this service keeps about the person.</summary>
    /// <param name="Cpf">The eleven digits.</param>
    /// <param name="Sessions">Where the person is signed in; the latest 1,000.</param>
    private sealed record Account(
        Guid Id,
        string Email,
        DateTimeOffset? EmailVerifiedAt,
        string Name,
        string? Cpf,
        string Locale,
        IReadOnlyList<string> Roles,
        DateTimeOffset CreatedAt,
        IReadOnlyList<ConsentEntry> Consents,
        IReadOnlyList<SessionEntry> Sessions
    );

    private sealed record SessionEntry(string Device, string Network, DateTimeOffset BeganAt, DateTimeOffset SeenAt);

    /// <summary>Gives out the person's data (LGPD, art. 18, II and V, and art. 19).</summary>
    /// <remarks>
    /// A ZIP archive of JSON files, made as it is asked for: `account.json`, `orders.json`, `tickets.json`, `mails.json` and
    /// `teams.json` are all that the services keep about the person. 503 when one of them does not answer: nothing is left out.
    /// </remarks>
    internal static async Task<FileContentHttpResult> Handle(
        ClaimsPrincipal me,
        UsersDb db,
        PersonalDataProtector protector,
        Peers peers,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var user = await db.FindAsync(me.UserId(), ct) ?? throw ProblemException.NotFound("profile");
        var account = await AccountOfAsync(user, db, protector, ct);
        var files = new (string Name, object Content)[]
        {
            ("account.json", account),
            ("orders.json", await peers.GetAsync<JsonElement>(AppIds.Orders, $"internal/exports/{user.Id}", ct)),
            ("tickets.json", await peers.GetAsync<JsonElement>(AppIds.Tickets, $"internal/exports/{user.Id}", ct)),
            ("mails.json", await peers.GetAsync<JsonElement>(AppIds.Notifications, $"internal/exports/{user.Id}", ct)),
            ("teams.json", await peers.GetAsync<JsonElement>(AppIds.Events, $"internal/exports/{user.Id}", ct)),
        };
        response.Headers.CacheControl = "no-store";
        return TypedResults.File(Zip(files), "application/zip", "ticketing.zip");
    }

    private static async Task<Account> AccountOfAsync(
        User user,
        UsersDb db,
        PersonalDataProtector protector,
        CancellationToken ct
    )
    {
        var consents = await db
            .Consents.AsNoTracking()
            .Where(c => c.UserId == user.Id)
            .OrderByDescending(c => c.Id)
            .Take(MaxConsents)
            .Select(c => new ConsentEntry(c.Purpose, c.Granted, c.At))
            .ToListAsync(ct);
        var sessions = await ListSessions.OfAsync(db, user.Id, ct);
        return new(
            user.Id,
            user.Email!,
            user.EmailVerifiedAt,
            user.Name,
            user.Cpf is null ? null : await protector.DecryptAsync(user.Cpf, User.CpfColumn.At(user.Id), ct),
            user.Locale,
            user.Roles,
            user.CreatedAt,
            consents,
            [.. sessions.Select(s => new SessionEntry(s.Device, s.Network, s.BeganAt, s.SeenAt))]
        );
    }

    private static byte[] Zip(IEnumerable<(string Name, object Content)> files)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in files)
            {
                using var file = archive.CreateEntry(name).Open();
                JsonSerializer.Serialize(file, content, Indented);
            }
        return bytes.ToArray();
    }
}
