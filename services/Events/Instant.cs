namespace Ticketing.Events;

internal static class Instant
{
    /// <summary>In UTC and to the microsecond, as the database keeps it: what is answered is what is read later.</summary>
    public static DateTimeOffset ToStored(this DateTimeOffset at) =>
        new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
