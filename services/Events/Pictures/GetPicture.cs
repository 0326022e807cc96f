using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Primitives;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Pictures;

internal static class GetPicture
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);
    private static readonly StringValues ForGood = "public, max-age=31536000, immutable";

    /// <summary>Mails and caches may know an earlier address: it leads to what there is now.</summary>
    private static readonly StringValues ForNow = "public, max-age=60";

    /// <summary>The picture that an event's team gave it (JPEG).</summary>
    /// <remarks>At the address in the event's imageUrl it never changes, and caches may keep it for good.</remarks>
    /// <param name="id">The event.</param>
    /// <param name="v">Which one, as imageUrl says; without it, or of an earlier one, the one that there is now.</param>
    /// <response code="404">The event has none.</response>
    public static async Task<IResult> Handle(
        Guid id,
        string? v,
        EventsDb db,
        IServiceScopeFactory scopes,
        AnswerCache cache,
        CancellationToken ct
    )
    {
        if (v is not null && cache.FindLasting(KeyOf(id, v)) is { } known)
            return known.With(ForGood, whoeverAsks: true);
        var tag =
            await db.Pictures.Where(p => p.EventId == id).Select(p => p.Tag).SingleOrDefaultAsync(ct)
            ?? throw ProblemException.NotFound("picture");
        var answer = await cache.GetLastingAsync(KeyOf(id, tag), Kept, () => MakeAsync(scopes, id));
        return answer.With(v == tag ? ForGood : ForNow, whoeverAsks: true);
    }

    private static (string, Guid, string) KeyOf(Guid id, string tag) => (nameof(GetPicture), id, tag);

    private static async Task<Answer> MakeAsync(IServiceScopeFactory scopes, Guid id)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EventsDb>();
        var picture =
            await db.Pictures.AsNoTracking().SingleOrDefaultAsync(p => p.EventId == id)
            ?? throw ProblemException.NotFound("picture");
        return Answer.Of(picture.Content, $"\"{picture.Tag}\"", Jpeg.MediaType);
    }

    /// <summary>For what is printed.</summary>
    public static async Task<FileContentHttpResult> HandleInternal(Guid id, EventsDb db, CancellationToken ct) =>
        TypedResults.Bytes(
            await db.Pictures.Where(p => p.EventId == id).Select(p => p.Content).SingleOrDefaultAsync(ct)
                ?? throw ProblemException.NotFound("picture"),
            Jpeg.MediaType
        );
}
