using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox;

/// <summary>Pix or card charges. Every move of a charge, with what the merchant is told of it, is one statement.</summary>
/// <param name="columns">The first is the charge's key.</param>
/// <param name="read">Reads the columns, from the given one on.</param>
internal sealed class ChargeTable<T>(string table, string columns, Func<NpgsqlDataReader, int, T> read)
{
    private readonly string key = columns[..columns.IndexOf(',', StringComparison.Ordinal)];

    public async Task<T> GetAsync(NpgsqlDataSource source, SqlValue id, CancellationToken ct) =>
        await FindAsync(source, $"{key} = $1", id, ct) is [var charge]
            ? charge
            : throw ProblemException.NotFound("charge");

    /// <param name="which">SQL condition; <paramref name="value"/> is $1.</param>
    public async Task<List<T>> FindAsync(NpgsqlDataSource source, string which, SqlValue value, CancellationToken ct)
    {
        await using var command = source.CreateCommand($"SELECT {columns} FROM {table} WHERE {which}");
        command.Add(value);
        return await command.ReadAsync(row => read(row, 0), ct);
    }

    /// <summary>Makes the charge, or finds the one that was made before.</summary>
    /// <param name="insert">SQL, up to its values.</param>
    /// <param name="known">SQL condition: it was made before.</param>
    /// <param name="then">SQL: what is inserted with it, of the rows <c>made</c>; null is nothing.</param>
    public async Task<T> MakeAsync(
        NpgsqlDataSource source,
        string insert,
        string known,
        string? then,
        CancellationToken ct,
        params SqlValue[] values
    )
    {
        var ended = then is null ? "" : $", ended AS ({then})";
        await using var command = source.CreateCommand(
            $"""
            WITH made AS ({insert} ON CONFLICT DO NOTHING RETURNING {columns}){ended}
            SELECT * FROM made
            UNION ALL
            SELECT {columns} FROM {table} WHERE {known} AND NOT EXISTS (SELECT FROM made)
            """
        );
        command.Add(values);
        while (true)
        {
            if (await command.ReadAsync(row => read(row, 0), ct) is [var charge])
                return charge;
            // The same charge at the same time was not yet to be seen: it is now.
        }
    }

    /// <summary>Makes the charge or changes it; null when it is there and may not be changed.</summary>
    /// <param name="upsert">SQL.</param>
    public async Task<T?> PutAsync(
        NpgsqlDataSource source,
        string upsert,
        CancellationToken ct,
        params SqlValue[] values
    )
    {
        await using var command = source.CreateCommand($"{upsert} RETURNING {columns}");
        command.Add(values);
        return (await command.ReadAsync(row => read(row, 0), ct)).SingleOrDefault();
    }

    /// <summary>Moves the charge if it is where it may be moved from.</summary>
    /// <param name="set">SQL assignments.</param>
    /// <param name="from">SQL condition.</param>
    /// <param name="then">SQL: what is inserted with it, of the rows <c>moved</c>; null is nothing.</param>
    /// <param name="values">From $2 on.</param>
    /// <returns>Whether it was moved, and the charge as it now is, without what was inserted with it.</returns>
    public async Task<(bool Moved, T Charge)> MoveAsync(
        NpgsqlDataSource source,
        SqlValue id,
        string set,
        string from,
        string? then,
        CancellationToken ct,
        params SqlValue[] values
    )
    {
        var ended = then is null ? "" : $", ended AS ({then})";
        await using var command = source.CreateCommand(
            $"""
            WITH moved AS (UPDATE {table} SET {set} WHERE {key} = $1 AND {from} RETURNING {columns}){ended}
            SELECT true, false, moved.* FROM moved
            UNION ALL
            SELECT false, ({from}) IS TRUE, {columns} FROM {table} WHERE {key} = $1 AND NOT EXISTS (SELECT FROM moved)
            """
        );
        command.Add([id, .. values]);
        while (true)
        {
            var rows = await command.ReadAsync(
                row => (Moved: row.GetBoolean(0), Missed: row.GetBoolean(1), Charge: read(row, 2)),
                ct
            );
            if (rows is not [var found])
                throw ProblemException.NotFound("charge");
            if (found.Moved || !found.Missed)
                return (found.Moved, found.Charge);
            // What stood in the way was not yet to be seen: it is now.
        }
    }
}
