using System.Globalization;
using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>Who acts, when and from where, as the audit log tells it. A parameter of handlers.</summary>
/// <param name="Id">The person; null: no person, but another company or the system.</param>
/// <param name="AsAdmin">Is a platform administrator.</param>
/// <param name="Network">See <see cref="ClientNetwork.Coarse"/>; null without a request.</param>
public sealed record Actor(Guid? Id, bool AsAdmin, string? Network, DateTimeOffset At)
{
    public static ValueTask<Actor?> BindAsync(HttpContext context, ParameterInfo _)
    {
        var id = Guid.TryParse(context.User.FindFirstValue("sub"), out var sub) ? sub : (Guid?)null;
        var network = ClientNetwork.Coarse(ClientNetwork.AddressOf(context));
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        return new(new Actor(id, context.User.IsAdmin(), network, clock.GetUtcNow().ToStored()));
    }

    /// <summary>No person, but another company or the system.</summary>
    public static Actor Nobody(DateTimeOffset at) => new(null, false, null, at.ToStored());

    /// <param name="action">Noun and verb.</param>
    /// <param name="organizerId">Whose it is; null: the platform's.</param>
    /// <param name="subjectId">Whom or what.</param>
    /// <param name="reason">A code.</param>
    /// <param name="details">Null values are left out. Nothing that tells of a person: the log forgets nobody.</param>
    public ActRecorded Did(
        string action,
        Guid? organizerId,
        Guid? subjectId,
        string? reason = null,
        params ReadOnlySpan<(string Name, object? Value)> details
    )
    {
        var told = new Dictionary<string, string>();
        foreach (var (name, value) in details)
            if (value is not null)
                told[name] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        return new(Guid.CreateVersion7(At), action, Id, AsAdmin, organizerId, subjectId, At, Network, reason, told);
    }
}

public static class AuditExtensions
{
    /// <summary>
    /// Writes down an act in the transaction that it is done in: the outbox carries it to the log, which is Events' and which
    /// nobody changes (services/DECISIONS.md).
    /// </summary>
    public static void Record(this DbContext db, ActRecorded act) => db.Publish(act);
}
