namespace Ticketing.ServiceDefaults;

/// <summary>Values as the database keeps them: what is answered is what is read later.</summary>
public static class AsStored
{
    /// <summary>In UTC and to the microsecond.</summary>
    public static DateTimeOffset ToStored(this DateTimeOffset at) =>
        new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    /// <summary>The beginning of a text, cut between characters: half a surrogate pair cannot be stored.</summary>
    public static string Cut(this string text, int maxLength) =>
        text.Length <= maxLength
            ? text
            : text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
}
