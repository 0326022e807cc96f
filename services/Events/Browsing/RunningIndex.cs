using Microsoft.EntityFrameworkCore.Migrations;

namespace Ticketing.Events.Browsing;

internal static class RunningIndex
{
    /// <summary>Finds what runs at a moment, which no index by its start does. The model cannot say it.</summary>
    public static void CreateRunningIndex(this MigrationBuilder migration) =>
        migration.Sql(
            """
            CREATE INDEX ix_sessions_running ON sessions USING gist (tstzrange(starts_at, ends_at))
                WHERE listed AND ends_at IS NOT NULL
            """
        );
}
