namespace Ticketing.Contracts;

/// <summary>
/// What its owner changed since a cursor, oldest change first: the facts that its messages tell, for whoever missed one.
/// Events: <c>GET internal/changes/events?after=</c> of <see cref="EventChange"/>, <c>internal/changes/team-members</c> of
/// <see cref="TeamMemberChanged"/>. Without a cursor: all there is. A fact that changed twice comes once, as it is now.
/// </summary>
/// <param name="Next">Where to go on from.</param>
/// <param name="More">There is more already.</param>
public sealed record ChangePage<T>(IReadOnlyList<T> Items, string Next, bool More);

/// <summary>What a published event is now. Exactly one is given.</summary>
/// <param name="Event">Never partial.</param>
public sealed record EventChange(EventSnapshot? Event, EventCancelled? Cancelled);
