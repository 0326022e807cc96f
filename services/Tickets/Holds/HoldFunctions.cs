using Microsoft.EntityFrameworkCore.Migrations;

namespace Ticketing.Tickets.Holds;

/// <summary>The purchase path in the database. A later change is a new file and a new migration.</summary>
internal static class HoldFunctions
{
    public static void CreateHoldFunctions(this MigrationBuilder migration)
    {
        // Rows that are updated all the time stay on their page.
        migration.Sql("ALTER TABLE pools SET (fillfactor = 20);");
        migration.Sql("ALTER TABLE seats SET (fillfactor = 70);");
        // Each ticket's check would lock the session's row, which all buyers of it share.
        migration.Sql("ALTER TABLE tickets DROP CONSTRAINT fk_tickets_sessions_session_id;");
        foreach (var file in (string[])["move_holds.sql", "take_holds.sql"])
        {
            using var reader = new StreamReader(typeof(HoldFunctions).Assembly.GetManifestResourceStream(file)!);
            migration.Sql(reader.ReadToEnd());
        }
    }
}
