using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Placing;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Reading;

/// <summary>
/// Orders of an event by what somebody at a box office types: the beginning of an order's number, a ticket's number, and of
/// buyers who agreed that organizers see them also the beginnings of their names or their e-mail address. Of the others
/// neither is looked at: who finds an order by an address knows whose it is.
/// </summary>
internal sealed class OrderSearch(NpgsqlDataSource source, Peers peers)
{
    public const int MaxLength = Order.MaxEmailLength;

    /// <summary>Of a name that is longer when it is folded, the beginning is found.</summary>
    public const int MaxKeyLength = 200;

    /// <summary>What is typed goes through the function that made the index. Of another event are only those whose ids end alike.</summary>
    private static readonly string Find = $"""
        WITH found AS MATERIALIZED (
            SELECT id, event_id, buyer_id FROM orders
            WHERE order_keys(event_id, number, buyer_key, buyer_email) @@ (
                SELECT string_agg('''' || regexp_replace(lexeme, '([''\\])', '\1\1', 'g') || '''' || $5, ' & ')::tsquery
                FROM unnest(order_keys($1, $2, $3, $4)))
            LIMIT {Page.MaxSorted + 1})
        SELECT id, event_id = $1 AND (
            $2 <> '' OR EXISTS (SELECT FROM organizer_consents c WHERE c.user_id = buyer_id AND c.granted))
        FROM found
        """;

    private const string BeginsWith = ":*";

    /// <returns>The orders' ids, in no order.</returns>
    /// <exception cref="ProblemException">422: too many.</exception>
    public async Task<Guid[]> FindAsync(Guid eventId, string typed, CancellationToken ct)
    {
        if (typed.Contains('@', StringComparison.Ordinal))
            return [.. await FoundAsync(eventId, "", "", typed.Trim(), "", ct)];
        var found = await FoundAsync(eventId, "", KeyOf(typed), "", BeginsWith, ct);
        if (OrderNumber.Of(typed) is not { } number)
            return [.. found];
        found.AddRange(await FoundAsync(eventId, number, "", "", BeginsWith, ct));
        if (number.Length != OrderNumber.Length)
            return [.. found];
        try
        {
            // In a query: what looks like a number may be a name, and paths are logged.
            var path = $"internal/tickets/order?number={number}";
            if (await peers.FindAsync<TicketOrder>(AppIds.Tickets, path, ct) is { } ticket)
                found.Add(ticket.OrderId);
        }
        // It was a name, then, or an order's number.
        catch (PeerUnavailableException) when (found.Count > 0) { }
        return [.. found];
    }

    public static string KeyOf(string name) => TextFolding.Key(name, MaxKeyLength);

    private async Task<List<Guid>> FoundAsync(
        Guid eventId,
        string number,
        string name,
        string email,
        string match,
        CancellationToken ct
    )
    {
        var found = await source.AllAsync(
            Find,
            row => (Id: row.GetGuid(0), Shown: row.GetBoolean(1)),
            ct,
            eventId,
            number,
            name,
            email,
            match
        );
        if (found.Count > Page.MaxSorted)
            throw Page.TooMany();
        return [.. found.Where(o => o.Shown).Select(o => o.Id)];
    }
}

internal static class OrderKeys
{
    /// <summary>
    /// The keys of an order, each behind its event: as many events as there are share words, and none pays for another one's.
    /// In one function that names nothing of ours, or no dump of an index on it is restored. It is never cheap enough to be
    /// computed for each order of an event.
    /// </summary>
    public static void CreateOrderKeys(this MigrationBuilder migration) =>
        migration.Sql(
            """
            CREATE FUNCTION order_keys(event_id uuid, number text, name text, email text) RETURNS tsvector
            LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
            DECLARE
                of_event text := right(event_id::text, 12);
                keys text[];
            BEGIN
                keys := ARRAY(
                    SELECT of_event || ' ' || word FROM string_to_table(name, ' ') word WHERE word <> '');
                IF number <> '' THEN keys := keys || (of_event || '#' || number); END IF;
                IF email <> '' THEN keys := keys || (of_event || '@' || lower(email)); END IF;
                RETURN array_to_tsvector(keys);
            END $$;
            -- Entered at once: who comes when a list of entries is full would wait for all of them.
            CREATE INDEX ix_orders_keys ON orders
                USING gin (order_keys(event_id, number, buyer_key, buyer_email)) WITH (fastupdate = off);
            """
        );

    public static void DropOrderKeys(this MigrationBuilder migration) =>
        migration.Sql("DROP INDEX ix_orders_keys; DROP FUNCTION order_keys;");
}
