using System.Text;
using System.Text.RegularExpressions;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;
using Ticketing.EmbeddedDapr.Components;
using Ticketing.EmbeddedDapr.Hosting;

namespace Ticketing.EmbeddedDapr.State;

/// <summary>
/// A <c>state.embedded</c> component: a table of the runtime's database, as strict as Dapr's <c>state.postgresql</c> v2 and
/// <c>state.aws.dynamodb</c> are together. What has expired is not read, and stands in the way of a first write until it is
/// swept, which DynamoDB takes days for.
/// </summary>
internal sealed partial class StateStore
{
    private const string Alive = "(expires_at IS NULL OR expires_at > now())";
    private const string Kept = "interval '2 days'";
    private const int SweepBatch = 10_000;

    /// <summary>DynamoDB's, in bytes: an item with its attributes' names, its key, and items of one transaction.</summary>
    private const int MaxItem = 400 * 1024;
    private const int MaxKey = 2048;
    private const int MaxTransaction = 100;

    /// <summary>Names of an item's attributes, ETag and expiry.</summary>
    private const int ItemOverhead = 43;

    private readonly NpgsqlDataSource _database;
    private readonly string _table;

    private StateStore(NpgsqlDataSource database, string table)
    {
        _database = database;
        _table = table;
    }

    public static StateStore Open(Component component, NpgsqlDataSource database)
    {
        if (component.Type != "state.embedded")
        {
            throw ComponentSet<StateStore>.UnknownType(component);
        }
        var prefix = component.Text("tablePrefix") ?? "";
        if (!Identifier().IsMatch(prefix))
        {
            throw new InvalidOperationException(
                $"Component '{component.Name}': tablePrefix takes a-z, 0-9 and _ only."
            );
        }
        return new(database, prefix + "state");
    }

    public async Task CreateAsync(CancellationToken ct)
    {
        await using var command = _database.CreateCommand(
            $"""
            CREATE TABLE IF NOT EXISTS {_table} (
                key        text PRIMARY KEY,
                value      bytea NOT NULL,
                etag       uuid NOT NULL DEFAULT gen_random_uuid(),
                created_at timestamptz NOT NULL DEFAULT now(),
                updated_at timestamptz,
                expires_at timestamptz
            );
            CREATE INDEX IF NOT EXISTS {_table}_by_expiry ON {_table} (expires_at) WHERE expires_at IS NOT NULL;
            """
        );
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task<List<StateRow>> ReadAsync(IReadOnlyCollection<string> keys, CancellationToken ct)
    {
        await using var command = _database.CreateCommand(
            $"SELECT key, value, etag, expires_at FROM {_table} WHERE key = ANY ($1) AND {Alive}"
        );
        command.Parameters.Add(new() { Value = keys.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<StateRow>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(
                new(
                    reader.GetString(0),
                    reader.GetFieldValue<byte[]>(1),
                    reader.GetGuid(2).ToString(),
                    reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3)
                )
            );
        }
        return rows;
    }

    /// <summary>All or nothing. The first write that its ETag or first-write forbids is thrown as a conflict.</summary>
    public async Task WriteAsync(IReadOnlyList<StateWrite> writes, bool transaction, CancellationToken ct)
    {
        if (writes.Count == 0)
        {
            return;
        }
        EnsureItFits(writes, transaction);
        await using var connection = await _database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var write in writes)
        {
            batch.BatchCommands.Add(Command(write, transaction));
        }
        await using var atomic = writes.Count > 1 ? await connection.BeginTransactionAsync(ct) : null;
        batch.Transaction = atomic;
        await batch.ExecuteNonQueryAsync(ct);
        for (var i = 0; i < writes.Count; i++)
        {
            var first = writes[i] is { ETag: null, FirstWrite: true, Value: not null };
            if ((first || writes[i].ETag is not null) && batch.BatchCommands[i].RecordsAffected == 0)
            {
                throw first
                    ? Refused("ConditionalCheckFailedException: The conditional request failed", transaction)
                    : Conflict(writes[i].Key, transaction);
            }
        }
        if (atomic is not null)
        {
            await atomic.CommitAsync(ct);
        }
    }

    /// <summary>Deletes expired rows, some thousands a statement.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        int swept;
        do
        {
            await using var command = _database.CreateCommand(
                $"""
                DELETE FROM {_table} WHERE key IN
                    (SELECT key FROM {_table} WHERE expires_at < now() - {Kept} LIMIT {SweepBatch} FOR UPDATE SKIP LOCKED)
                """
            );
            swept = await command.ExecuteNonQueryAsync(ct);
        } while (swept == SweepBatch);
    }

    private NpgsqlBatchCommand Command(in StateWrite write, bool transaction)
    {
        var etag = write.ETag is { } text ? ParseETag(text, transaction) : (Guid?)null;
        if (write.Value is null)
        {
            return etag is null
                ? new($"DELETE FROM {_table} WHERE key = $1") { Parameters = { new() { Value = write.Key } } }
                : new($"DELETE FROM {_table} WHERE key = $1 AND etag = $2")
                {
                    Parameters =
                    {
                        new() { Value = write.Key },
                        new() { Value = etag },
                    },
                };
        }
        const string set =
            "value = $2, etag = gen_random_uuid(), updated_at = now(), expires_at = now() + $3::interval";
        var command = new NpgsqlBatchCommand(
            etag is not null ? $"UPDATE {_table} SET {set} WHERE key = $1 AND etag = $4"
            : write.FirstWrite
                ? $"""
                INSERT INTO {_table} (key, value, expires_at) VALUES ($1, $2, now() + $3::interval)
                ON CONFLICT DO NOTHING
                """
            : $"""
            INSERT INTO {_table} (key, value, expires_at) VALUES ($1, $2, now() + $3::interval)
            ON CONFLICT (key) DO UPDATE SET {set}
            """
        )
        {
            Parameters =
            {
                new() { Value = write.Key },
                new() { Value = write.Value },
                new() { Value = (object?)write.Ttl ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval },
            },
        };
        if (etag is not null)
        {
            command.Parameters.Add(new() { Value = etag });
        }
        return command;
    }

    private static void EnsureItFits(IReadOnlyList<StateWrite> writes, bool transaction)
    {
        if (transaction && writes.Count > MaxTransaction)
        {
            throw new DaprError(
                StatusCode.InvalidArgument,
                StatusCodes.Status400BadRequest,
                "ERR_STATE_TOO_MANY_TRANSACTIONS",
                $"the transaction contains {writes.Count} operations, which is more than what the state store supports: {MaxTransaction}"
            );
        }
        foreach (var write in writes)
        {
            var key = Encoding.UTF8.GetByteCount(write.Key);
            if (key > MaxKey)
            {
                throw Refused(
                    $"ValidationException: One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of {MaxKey} bytes",
                    transaction
                );
            }
            if (write.Value?.Length + key + ItemOverhead > MaxItem)
            {
                throw Refused("ValidationException: Item size has exceeded the maximum allowed size", transaction);
            }
        }
    }

    private static Guid ParseETag(string text, bool transaction) =>
        Guid.TryParseExact(text, "D", out var etag)
            ? etag
            : throw new DaprError(
                transaction ? StatusCode.Internal : StatusCode.InvalidArgument,
                transaction ? StatusCodes.Status500InternalServerError : StatusCodes.Status400BadRequest,
                transaction ? "ERR_STATE_TRANSACTION" : "ERR_STATE_SAVE",
                $"invalid etag value: {text}"
            );

    /// <summary>What DynamoDB says no to is an error of the store to the sidecar.</summary>
    private static DaprError Refused(string why, bool transaction) =>
        new(
            StatusCode.Internal,
            StatusCodes.Status500InternalServerError,
            transaction ? "ERR_STATE_TRANSACTION" : "ERR_STATE_SAVE",
            $"operation error DynamoDB: PutItem, https response error StatusCode: 400, {why}"
        );

    private static DaprError Conflict(string key, bool transaction) =>
        new(
            transaction ? StatusCode.Internal : StatusCode.Aborted,
            transaction ? StatusCodes.Status500InternalServerError : StatusCodes.Status409Conflict,
            transaction ? "ERR_STATE_TRANSACTION" : "ERR_STATE_SAVE",
            $"possible etag mismatch. error from state store: key {key[(key.IndexOf("||", StringComparison.Ordinal) + 2)..]}"
        );

    [GeneratedRegex("^[a-z0-9_]{0,40}$")]
    private static partial Regex Identifier();
}
