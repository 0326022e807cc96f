namespace Ticketing.LocalPostgres;

/// <summary>What we set on each server of ours, wherever it runs.</summary>
internal static class ServerSettings
{
    private const int MaxConnections = 300;

    public static IEnumerable<(string Name, string Value)> For(bool durable)
    {
        var onOff = durable ? "on" : "off";
        return
        [
            ("max_connections", $"{MaxConnections}"),
            ("shared_buffers", "128MB"),
            ("fsync", onOff),
            ("synchronous_commit", onOff),
            ("full_page_writes", onOff),
            // A statement or a key's value may be personal data.
            ("log_min_error_statement", "panic"),
            ("log_error_verbosity", "terse"),
            ("log_checkpoints", "off"),
        ];
    }
}
