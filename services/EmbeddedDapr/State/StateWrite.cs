namespace Ticketing.EmbeddedDapr.State;

/// <summary>
/// One write of the state API. No value deletes; no ETag asks for none; no time to live keeps it for ever.
/// </summary>
internal readonly record struct StateWrite(string Key, byte[]? Value, string? ETag, bool FirstWrite, TimeSpan? Ttl);

internal sealed record StateRow(string Key, byte[] Value, string ETag, DateTimeOffset? Expires);
