using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Events.Catalog;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Pictures;

internal static class PutPicture
{
    private const int TagBytes = 8;

    private const string Write = """
        INSERT INTO event_pictures (event_id, content, tag) VALUES ({0}, {1}, {2})
        ON CONFLICT (event_id) DO UPDATE SET content = excluded.content, tag = excluded.tag
        """;

    /// <summary>Gives an event its picture; the event's imageUrl leads to it from then on.</summary>
    /// <remarks>
    /// The body is a JPEG: baseline or progressive, grey or of three channels, of at most 1 MiB and 4,000 pixels a side. What else
    /// it holds (place and time of a photograph, previews, comments) is left out. A later one takes its place.
    /// 409 event-cancelled.
    /// </remarks>
    /// <response code="415">The body is not image/jpeg.</response>
    /// <response code="422">It is no such JPEG.</response>
    public static async Task<Ok<EventView>> Handle(
        Guid id,
        Stream body,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        ClaimsPrincipal user,
        EventsDb db,
        IOptions<PublicOptions> site,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var organizerId =
            await db.Events.Where(e => e.Id == id).Select(e => (Guid?)e.OrganizerId).SingleOrDefaultAsync(ct)
            ?? throw ProblemException.NotFound("event");
        await db.RequireManagerAsync(user, organizerId, "event", ct);
        var content = await ReadAsync(body, ct);
        var tag = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, TagBytes));
        var e = await db.InTransactionAsync(
            async ct =>
            {
                var e = await db.LockEventAsync(user, id, "event", ct);
                ETag.Require(ifMatch, e.Version);
                e.RequireOpen();
                await db.Database.ExecuteSqlRawAsync(Write, [id, content, tag], ct);
                e.ImageUrl = EventPicture.AddressOf(site.Value.BaseUrl, id, tag);
                db.Tell(e);
                return e;
            },
            ct
        );
        response.SetETag(e.Version);
        return TypedResults.Ok(EventView.Of(e));
    }

    private static async Task<byte[]> ReadAsync(Stream body, CancellationToken ct)
    {
        using var sent = new MemoryStream();
        await body.CopyToAsync(sent, ct);
        return Jpeg.Clean(sent.GetBuffer().AsSpan(0, (int)sent.Length))
            ?? throw ProblemException.Invalid(
                "body",
                $"It is not a JPEG that can be shown: baseline or progressive, at most {Jpeg.MaxSide} pixels a side."
            );
    }
}
