namespace Ticketing.LocalPostgres;

/// <summary>One way to a server is not open on this machine; the next may be. The message is half a sentence.</summary>
internal sealed class WayClosedException(string reason, Exception? inner = null) : Exception(reason, inner);
