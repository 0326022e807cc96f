using Ticketing.ServiceDefaults;

namespace Ticketing.Users;

internal static class Clock
{
    /// <summary>Now, as precisely as the database keeps it, so that an answer and a later read agree.</summary>
    public static DateTimeOffset NowAsStored(this TimeProvider clock) => clock.GetUtcNow().ToStored();
}
