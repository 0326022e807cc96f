using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

/// <summary>The moves of a hold (holds.sql), one round trip each.</summary>
internal static class HoldFunctions
{
    public static void CreateHoldFunctions(this MigrationBuilder migration)
    {
        // Rows that are updated all the time stay on their page.
        migration.Sql("ALTER TABLE products SET (fillfactor = 50)");
        using var reader = new StreamReader(typeof(HoldFunctions).Assembly.GetManifestResourceStream("holds.sql")!);
        migration.Sql(reader.ReadToEnd());
    }

    /// <param name="move">Ours: commit_hold, release_hold or void_hold.</param>
    /// <returns><c>done</c>, or the code of the refusal.</returns>
    public static async Task<string> MoveAsync(
        this NpgsqlDataSource source,
        string move,
        Guid orderId,
        CancellationToken ct
    )
    {
        await using var command = source.CreateCommand($"SELECT {move}($1)");
        command.Add(orderId);
        return (string)(await command.ExecuteScalarAsync(ct))!;
    }
}
