using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Sales;

/// <summary>What events are called, as their newest orders say it.</summary>
internal static class EventTitles
{
    private const string Select = """
        SELECT e.id, o.event_title FROM unnest($1) e (id)
        CROSS JOIN LATERAL (SELECT event_title FROM orders WHERE event_id = e.id ORDER BY id DESC LIMIT 1) o
        """;

    /// <returns>By event; one of which nobody ordered is not among them.</returns>
    public static async Task<IReadOnlyDictionary<Guid, string>> FindAsync(
        NpgsqlDataSource source,
        IEnumerable<Guid> events,
        CancellationToken ct
    )
    {
        Guid[] ids = [.. events.Distinct()];
        return ids.Length == 0
            ? new Dictionary<Guid, string>()
            : (await source.AllAsync(Select, r => (Id: r.GetGuid(0), Title: r.GetString(1)), ct, ids)).ToDictionary(
                e => e.Id,
                e => e.Title
            );
    }
}
