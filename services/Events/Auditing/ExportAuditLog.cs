using System.Globalization;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Events.Teams;

namespace Ticketing.Events.Auditing;

/// <summary>The log as a file, for whoever keeps it elsewhere: written as it is read, however long it is.</summary>
internal static class ExportAuditLog
{
    private const int BatchSize = 1_000;
    private const string Header = "id,at,action,actorId,asAdmin,organizerId,subjectId,network,reason,details\r\n";

    /// <summary>An organizer's audit log as CSV (RFC 4180), oldest first.</summary>
    /// <remarks>
    /// For its owners and platform administrators. All of it, or what was done within a time. `details` is a JSON object; no
    /// cell begins as a spreadsheet's formula does.
    /// </remarks>
    /// <param name="id">The organizer.</param>
    /// <param name="from">Only what was done from then on.</param>
    /// <param name="until">Only what was done before then.</param>
    public static async Task<PushStreamHttpResult> OfOrganizer(
        Guid id,
        DateTimeOffset? from,
        DateTimeOffset? until,
        ClaimsPrincipal user,
        EventsDb db,
        CancellationToken ct
    )
    {
        if (await db.RequireMemberAsync(user, id, "organizer", ct) != TeamRole.Owner)
            throw TeamAccess.Forbidden();
        return Answer(db.AuditLog.Where(e => e.OrganizerId == id), from, until, ct);
    }

    /// <summary>The whole platform's audit log as CSV (RFC 4180), oldest first; administrators only.</summary>
    /// <remarks>All of it, or what was done within a time. `details` is a JSON object; no cell begins as a spreadsheet's formula does.</remarks>
    /// <param name="from">Only what was done from then on.</param>
    /// <param name="until">Only what was done before then.</param>
    public static PushStreamHttpResult OfPlatform(
        DateTimeOffset? from,
        DateTimeOffset? until,
        EventsDb db,
        CancellationToken ct
    ) => Answer(db.AuditLog, from, until, ct);

    private static PushStreamHttpResult Answer(
        IQueryable<AuditEntry> entries,
        DateTimeOffset? from,
        DateTimeOffset? until,
        CancellationToken ct
    ) =>
        TypedResults.Stream(
            stream => WriteAsync(entries, from, until, stream, ct),
            "text/csv; charset=utf-8",
            "audit-log.csv"
        );

    private static async Task WriteAsync(
        IQueryable<AuditEntry> entries,
        DateTimeOffset? from,
        DateTimeOffset? until,
        Stream stream,
        CancellationToken ct
    )
    {
        await using var csv = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        await csv.WriteAsync(Header);
        // Ids are in the order of time.
        var after = from is { } begin ? AuditIds.FirstAt(begin) : Guid.Empty;
        var end = until is { } limit ? AuditIds.FirstAt(limit) : Guid.AllBitsSet;
        while (true)
        {
            var batch = await entries
                .AsNoTracking()
                .Where(e => e.Id > after && e.Id < end)
                .OrderBy(e => e.Id)
                .Take(BatchSize)
                .ToListAsync(ct);
            foreach (var entry in batch)
                await csv.WriteAsync(LineOf(entry));
            await csv.FlushAsync(ct);
            if (batch.Count < BatchSize)
                return;
            after = batch[^1].Id;
        }
    }

    /// <summary>All but the details are ids, codes and times.</summary>
    private static string LineOf(AuditEntry e) =>
        string.Join(
            ',',
            e.Id,
            e.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            e.Action,
            e.ActorId,
            e.AsAdmin ? "true" : "false",
            e.OrganizerId,
            e.SubjectId,
            e.Network,
            e.Reason,
            $"\"{e.Details.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        ) + "\r\n";
}
