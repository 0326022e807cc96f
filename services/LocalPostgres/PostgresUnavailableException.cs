namespace Ticketing.LocalPostgres;

/// <summary>The message is one clear sentence for the user; no stack trace is needed to act on it.</summary>
public sealed class PostgresUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
