using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Changes;

/// <summary>
/// Rows in the order of their changes: each carries the transaction that changed it last. Only what is older than every
/// transaction still open is handed out, so that one which commits late is never passed over.
/// </summary>
internal static class ChangeFeed
{
    /// <summary>Column <c>changed_in</c> and the index that reads it in order.</summary>
    public static void AddChangedIn(this EntityTypeBuilder entity, string? filter, params string[] key)
    {
        entity.Property<ulong>("ChangedIn").HasColumnType("xid8").HasDefaultValueSql("pg_current_xact_id()");
        entity.HasIndex(["ChangedIn", .. key]).HasFilter(filter);
    }

    /// <summary>Every change takes the next version; whatever else is written to the row is none.</summary>
    public static void CreateChangeTriggers(this MigrationBuilder migration) =>
        migration.Sql(
            """
            CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.changed_in := pg_current_xact_id();
                RETURN NEW;
            END $$;
            CREATE TRIGGER note_change BEFORE UPDATE OF version ON events FOR EACH ROW EXECUTE FUNCTION note_change();
            CREATE TRIGGER note_change BEFORE UPDATE OF version ON team_members
                FOR EACH ROW EXECUTE FUNCTION note_change();
            """
        );
}

/// <summary>Where a reader of changes goes on: the transaction, and the row's key within it.</summary>
internal readonly record struct ChangeCursor(string ChangedIn, Guid First, Guid Second = default)
{
    public static ChangeCursor Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return new("0", Guid.Empty);
        if (
            text.Split('.') is [var xid, var first, var second]
            && ulong.TryParse(xid, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && Guid.TryParse(first, out var a)
            && Guid.TryParse(second, out var b)
        )
            return new(xid, a, b);
        throw new ProblemException(400, "invalid", "The cursor is not one that this list gave.");
    }

    public override string ToString() => $"{ChangedIn}.{First}.{Second}";
}
