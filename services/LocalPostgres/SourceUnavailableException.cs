namespace Ticketing.LocalPostgres;

/// <summary>One source of a server is not to be had on this machine; the next may be. The message is half a sentence.</summary>
internal sealed class SourceUnavailableException(string reason, Exception? inner = null) : Exception(reason, inner);
