using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ticketing.ServiceDefaults;

/// <summary>A column that <see cref="PersonalDataProtector"/> encrypts; its table has a key <c>id</c>.</summary>
/// <param name="Index">The column with the value's blind index; null: it has none.</param>
/// <param name="Indexed">What stands before the value in what is indexed.</param>
public sealed record EncryptedColumn(string Table, string Column, string? Index = null, string Indexed = "")
{
    public Place At(Guid row) => new($"{Table}.{Column}", row);
}

public static class ReencryptionExtensions
{
    /// <summary>What is under an older key is moved to the current one.</summary>
    public static IServiceCollection AddEncryptedColumns(
        this IServiceCollection services,
        params EncryptedColumn[] columns
    )
    {
        foreach (var column in columns)
            services.AddSingleton(column);
        return services.AddHostedService<Reencryption>();
    }
}

/// <summary>
/// While the secret holds several keys, walks through the encrypted columns and moves what is not under the current one; then
/// says so, and the old key may go. With one key it reads nothing. Rows that change meanwhile win: they are under the current
/// key already.
/// </summary>
internal sealed class Reencryption(
    IEnumerable<EncryptedColumn> columns,
    PersonalDataProtector protector,
    NpgsqlDataSource source,
    TimeProvider clock,
    ILogger<Reencryption> logger
) : BackgroundLoop(clock, logger)
{
    private const int BatchSize = 500;

    protected override TimeSpan Pause { get; } = TimeSpan.FromMinutes(10);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        var keys = await protector.KeysAsync(ct);
        if (keys.All.Count == 1)
            return false;
        foreach (var column in columns)
        {
            var left = await MoveAsync(column, keys.Current.Id, ct);
            if (left == 0)
                logger.LogInformation(
                    "All of {Table}.{Column} is under the key {Key}: the older ones may go",
                    column.Table,
                    column.Column,
                    $"{keys.Current.Id:x8}"
                );
            else
                logger.LogWarning(
                    "{Rows} rows of {Table}.{Column} could not be moved to the key {Key}",
                    left,
                    column.Table,
                    column.Column,
                    $"{keys.Current.Id:x8}"
                );
        }
        return false;
    }

    /// <returns>How many rows could not be moved.</returns>
    private async Task<int> MoveAsync(EncryptedColumn column, uint current, CancellationToken ct)
    {
        var (left, after) = (0, Guid.Empty);
        while (true)
        {
            var rows = await source.AllAsync(
                $"""
                SELECT id, {column.Column} FROM {column.Table}
                WHERE id > $1 AND {column.Column} IS NOT NULL ORDER BY id LIMIT {BatchSize}
                """,
                row => (Id: row.GetGuid(0), Data: row.GetFieldValue<byte[]>(1)),
                ct,
                after
            );
            foreach (var (id, data) in rows)
                if (PersonalDataProtector.KeyOf(data) != current && !await TryMoveAsync(column, id, data, ct))
                    left++;
            if (rows.Count < BatchSize)
                return left;
            after = rows[^1].Id;
        }
    }

    private async Task<bool> TryMoveAsync(EncryptedColumn column, Guid id, byte[] data, CancellationToken ct)
    {
        try
        {
            var value = await protector.DecryptAsync(data, column.At(id), ct);
            var moved = await protector.EncryptAsync(value, column.At(id), ct);
            var index = (await protector.BlindIndexesAsync(column.Indexed + value, ct))[0];
            var alsoIndex = column.Index is null ? "" : $", {column.Index} = $4";
            await source.ExecuteAsync(
                $"""
                UPDATE {column.Table} SET {column.Column} = $3 {alsoIndex} WHERE id = $1 AND {column.Column} = $2
                """,
                ct,
                column.Index is null ? [id, data, moved] : [id, data, moved, index]
            );
            return true;
        }
        catch (Exception e)
            when (e is CryptographicException or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            logger.LogWarning("{Table} {Id} stays under an older key: {Reason}", column.Table, id, e.Reason());
            return false;
        }
    }
}
