using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Auditing;

/// <summary>A line of the audit log: what <see cref="ActRecorded"/> told, by whichever service.</summary>
internal sealed class AuditEntry
{
    public required Guid Id { get; init; }
    public required string Action { get; init; }
    public Guid? ActorId { get; init; }
    public bool AsAdmin { get; init; }
    public Guid? OrganizerId { get; init; }
    public Guid? SubjectId { get; init; }
    public required DateTimeOffset At { get; init; }
    public string? Network { get; init; }
    public string? Reason { get; init; }

    /// <summary>A JSON object of texts.</summary>
    public required string Details { get; init; }

    /// <summary>By the database's clock: how long it is kept counts from here, whatever its writer says.</summary>
    public DateTimeOffset RecordedAt { get; private init; }

    public static AuditEntry Of(ActRecorded act) =>
        new()
        {
            Id = act.Id,
            Action = act.Action,
            ActorId = act.ActorId,
            AsAdmin = act.AsAdmin,
            OrganizerId = act.OrganizerId,
            SubjectId = act.SubjectId,
            At = act.At,
            Network = act.Network,
            Reason = act.Reason,
            Details = JsonSerializer.Serialize(act.Details, ServiceDefaultsExtensions.Json),
        };

    private sealed class Mapping : IEntityTypeConfiguration<AuditEntry>
    {
        public void Configure(EntityTypeBuilder<AuditEntry> entry)
        {
            entry.ToTable("audit_log");
            entry.Property(e => e.Id).ValueGeneratedNever();
            entry.Property(e => e.Action).HasMaxLength(60);
            entry.Property(e => e.Network).HasMaxLength(50);
            entry.Property(e => e.Reason).HasMaxLength(60);
            entry.Property(e => e.Details).HasColumnType("jsonb");
            entry.Property(e => e.RecordedAt).HasDefaultValueSql("now()");
            entry.HasIndex(e => new { e.OrganizerId, e.Id });
            entry.HasIndex(e => e.RecordedAt);
        }
    }
}

/// <summary>UUIDv7: in the order of time.</summary>
internal static class AuditIds
{
    /// <summary>What is smaller was done before.</summary>
    public static Guid FirstAt(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, at.ToUnixTimeMilliseconds()) << 16);
        return new Guid(bytes, bigEndian: true);
    }
}

/// <summary>What the database itself holds about the log; part of the migration.</summary>
internal static class AuditSchema
{
    /// <summary>
    /// SQL: an entry's time is over. Claims end after five years (CDC, art. 27; Código Civil, art. 206, § 5º).
    /// </summary>
    private const string IsOver = "recorded_at < now() - interval '5 years'";

    public static readonly RetentionRule Rule = new(
        "audit_log",
        IsOver,
        "So long somebody may claim what an act did to them (CDC, art. 27); it names nobody."
    );

    /// <summary>Nobody changes the log, and nothing goes before its time, whoever asks.</summary>
    public static void CreateAuditTriggers(this MigrationBuilder migration) =>
        migration.Sql(
            $"""
            CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' AND OLD.{IsOver} THEN
                    RETURN OLD;
                END IF;
                RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'restrict_violation';
            END $$;
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_log
                FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();
            CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_log
                FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
            -- Whoever writes does not choose when an entry may go.
            CREATE FUNCTION audit_log_is_dated() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.recorded_at := now();
                RETURN NEW;
            END $$;
            CREATE TRIGGER dated BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_is_dated();
            """
        );
}
