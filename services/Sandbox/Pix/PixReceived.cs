using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

/// <summary>A Pix that came for a charge, as API Pix tells it.</summary>
internal sealed record PixCame(
    string EndToEndId,
    string Txid,
    string Chave,
    string Valor,
    DateTimeOffset Horario,
    IReadOnlyList<PixReturn>? Devolucoes = null
)
{
    public static PixCame Read(string json) =>
        JsonSerializer.Deserialize<PixCame>(json, ServiceDefaultsExtensions.Json)!;

    public static IReadOnlyList<PixCame> ReadAll(string json) =>
        JsonSerializer.Deserialize<IReadOnlyList<PixCame>>(json, ServiceDefaultsExtensions.Json)!;
}

/// <summary>A return of it.</summary>
internal sealed record PixReturn(
    string Id,
    string RtrId,
    string Valor,
    string Natureza,
    PixReturn.Horarios Horario,
    string Status
)
{
    public const string Made = "DEVOLVIDO";
    public const string NotMade = "NAO_REALIZADO";

    public sealed record Horarios(DateTimeOffset Solicitacao, DateTimeOffset? Liquidacao = null);
}

internal sealed class PixReceived
{
    /// <summary>The kinds of returns: the merchant's own, and by the payer's bank for fraud (MED).</summary>
    public const string Own = "ORIGINAL";
    public const string Fraud = "MED_FRAUDE";

    public static readonly ChargeTable<PixReceived> Table = new(
        "pix_received",
        "end_to_end_id, disputed",
        (row, first) => new() { EndToEndId = row.GetString(first), Disputed = row.GetBoolean(first + 1) }
    );

    /// <summary>Its id in the Pix system.</summary>
    public required string EndToEndId { get; init; }
    public string TxId { get; init; } = "";
    public string Key { get; init; } = "";
    public long Amount { get; init; }
    public DateTimeOffset PaidAt { get; init; }

    /// <summary>By MED.</summary>
    public bool Disputed { get; init; }

    /// <summary>Of all returns.</summary>
    public long Refunded { get; init; }

    /// <summary>SQL: what API Pix says of the row <paramref name="p"/>.</summary>
    /// <param name="changed">Refunds that this statement itself makes or changes.</param>
    public static string Json(string p, string? changed = null) =>
        $"""
            json_strip_nulls(json_build_object('endToEndId', {p}.end_to_end_id, 'txid', {p}.tx_id, 'chave', {p}.key,
                'valor', {Valor($"{p}.amount")}, 'horario', {p}.paid_at, 'devolucoes', (
                SELECT json_agg(json_build_object('id', r.id, 'rtrId', {RtrId}, 'valor', {Valor("r.amount")},
                    'natureza', r.nature, 'horario', json_build_object('solicitacao', r.created_at, 'liquidacao',
                        CASE WHEN r.status = 'Completed' THEN now() END),
                    'status', CASE r.status WHEN 'Completed' THEN '{PixReturn.Made}' WHEN 'Failed' THEN '{PixReturn.NotMade}'
                        ELSE 'EM_PROCESSAMENTO' END) ORDER BY r.created_at, r.id)
                FROM {Refunds(changed)} r WHERE r.charge = {p}.end_to_end_id)))
            """;

    private const string RtrId = "'D' || substr(md5(r.charge || r.id), 1, 31)";

    private static string Valor(string amount) => $"to_char({amount} / 100.0, 'FM9999999990.00')";

    private static string Refunds(string? changed) =>
        changed is null
            ? "refunds"
            : $"""
                (SELECT {Sandbox.Refunds.Refund.Columns} FROM {changed}
                UNION ALL
                SELECT {Sandbox.Refunds.Refund.Columns} FROM refunds
                WHERE (charge, id) NOT IN (SELECT charge, id FROM {changed}))
                """;

    /// <summary>SQL: a webhook of each Pix in <paramref name="rows"/>.</summary>
    public static string Tell(string rows, string? changed = null) =>
        $"""
            INSERT INTO webhooks (id, pix_key, payload)
            SELECT 'evt_' || replace(gen_random_uuid()::text, '-', ''), e.key,
                json_build_object('pix', json_build_array({Json("e", changed)}))
            FROM {rows} e
            """;

    private sealed class Mapping : IEntityTypeConfiguration<PixReceived>
    {
        public void Configure(EntityTypeBuilder<PixReceived> builder)
        {
            builder.ToTable("pix_received");
            builder.HasKey(p => p.EndToEndId);
            builder.Property(p => p.EndToEndId).HasMaxLength(32);
            builder.Property(p => p.TxId).HasMaxLength(35);
            builder.Property(p => p.Key).HasMaxLength(PixCharge.MaxKey);
            builder.Property(p => p.PaidAt).HasDefaultValueSql("now()");
            builder.Property(p => p.Disputed).HasDefaultValue(false);
            builder.Property(p => p.Refunded).HasDefaultValue(0L);
            builder.HasIndex(p => p.TxId);
            builder.HasIndex(p => p.PaidAt);
        }
    }
}

/// <summary>Where the owner of a Pix key wants his webhooks.</summary>
internal sealed class PixWebhookAddress
{
    public required string Key { get; init; }
    public required string Url { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<PixWebhookAddress>
    {
        public void Configure(EntityTypeBuilder<PixWebhookAddress> builder)
        {
            builder.ToTable("pix_webhooks");
            builder.HasKey(w => w.Key);
            builder.Property(w => w.Key).HasMaxLength(PixCharge.MaxKey);
            builder.Property(w => w.Url).HasMaxLength(2000);
        }
    }
}
