using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.TestKit;

/// <summary>A neighbour that hears what is told to the audit log.</summary>
public sealed class HeardActs
{
    private readonly ConcurrentQueue<ActRecorded> heard = new();

    public WebApplication Build(string[] args)
    {
        var app = ServiceDefaultsExtensions.CreateBuilder("acts", args).Build();
        app.UseServiceDefaults();
        app.MapEvent<ActRecorded>((ActRecorded act) => heard.Enqueue(act));
        return app;
    }

    /// <summary>Told at least once: the same one has the same id.</summary>
    public int Count(string action, Guid subjectId) =>
        heard.Where(a => a.Action == action && a.SubjectId == subjectId).DistinctBy(a => a.Id).Count();

    /// <summary>The first act of this kind that was done to the subject, once it is told.</summary>
    public Task<ActRecorded> OfAsync(string action, Guid? subjectId, Guid? actorId = null)
    {
        bool Match(ActRecorded a) =>
            a.Action == action && a.SubjectId == subjectId && (actorId is null || a.ActorId == actorId);
        return Eventually.GetAsync(() => Task.FromResult(heard.FirstOrDefault(Match)!), found => found is not null);
    }
}
