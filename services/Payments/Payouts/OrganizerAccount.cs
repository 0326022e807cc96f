using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Providers.PixApi;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Payouts;

/// <param name="TaxId">CPF or CNPJ, plain.</param>
internal sealed record AccountDetails(string Holder, string TaxId, string? PixKey, string? Iban)
{
    private const int Shown = 4;

    /// <summary>Reais go by Pix, all else to the IBAN.</summary>
    public string? For(string currency) => currency == PixAmount.Currency ? PixKey : Iban;

    public static string MethodFor(string currency) => currency == PixAmount.Currency ? "pix" : "iban";

    /// <summary>Enough to recognize it.</summary>
    public string HintFor(string currency) => $"{MethodFor(currency)} {Hint(For(currency))}";

    public PayoutAccountView View(DateTimeOffset changedAt, DateTimeOffset usableFrom) =>
        new(Holder, Hint(TaxId)!, Hint(PixKey), Hint(Iban), changedAt, usableFrom);

    private static string? Hint(string? text) =>
        text is null ? null
        : text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? $"{text[0]}…{text[at..]}"
        : "…" + text[^Shown..];
}

/// <summary>Where an organizer's money goes. A change is a new row: a payout goes where it went when it was made.</summary>
internal sealed class OrganizerAccount
{
    public static readonly EncryptedColumn DetailsColumn = new("payout_accounts", "details");

    public required Guid Id { get; init; }
    public required Guid OrganizerId { get; init; }

    /// <summary>Encrypted <see cref="AccountDetails"/>.</summary>
    public required byte[] Details { get; init; }
    public required bool TakesPix { get; init; }
    public required bool TakesIban { get; init; }
    public required Guid ChangedBy { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
    public required DateTimeOffset UsableFrom { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<OrganizerAccount>
    {
        public void Configure(EntityTypeBuilder<OrganizerAccount> builder)
        {
            builder.ToTable("payout_accounts");
            builder.HasIndex(a => new { a.OrganizerId, a.Id });
        }
    }
}

/// <summary>Reads and writes accounts.</summary>
internal sealed class OrganizerAccounts(NpgsqlDataSource source, PersonalDataProtector protector)
{
    public sealed record Current(AccountDetails Details, DateTimeOffset ChangedAt, DateTimeOffset UsableFrom)
    {
        public PayoutAccountView View => Details.View(ChangedAt, UsableFrom);
    }

    /// <summary>The last one; null: none was ever named.</summary>
    public async Task<Current?> FindAsync(Guid organizerId, CancellationToken ct)
    {
        var row = await source.FirstAsync<(
            Guid Id,
            byte[] Details,
            DateTimeOffset ChangedAt,
            DateTimeOffset UsableFrom
        )?>(
            """
            SELECT id, details, changed_at, usable_from FROM payout_accounts WHERE organizer_id = $1 ORDER BY id DESC LIMIT 1
            """,
            r =>
                (
                    r.GetGuid(0),
                    r.GetFieldValue<byte[]>(1),
                    r.GetFieldValue<DateTimeOffset>(2),
                    r.GetFieldValue<DateTimeOffset>(3)
                ),
            ct,
            organizerId
        );
        return row is var (id, details, changedAt, usableFrom)
            ? new(await ReadAsync(id, details, ct), changedAt, usableFrom)
            : null;
    }

    public async Task<AccountDetails> ReadAsync(Guid accountId, byte[] details, CancellationToken ct) =>
        JsonSerializer.Deserialize<AccountDetails>(
            await protector.DecryptAsync(details, OrganizerAccount.DetailsColumn.At(accountId), ct)
        )!;

    public async Task AddAsync(
        Guid organizerId,
        AccountDetails details,
        Guid changedBy,
        DateTimeOffset now,
        DateTimeOffset usableFrom,
        CancellationToken ct
    )
    {
        var id = Guid.CreateVersion7(now);
        var kept = await protector.EncryptAsync(
            JsonSerializer.Serialize(details),
            OrganizerAccount.DetailsColumn.At(id),
            ct
        );
        await source.ExecuteAsync(
            """
            INSERT INTO payout_accounts (id, organizer_id, details, takes_pix, takes_iban, changed_by, changed_at, usable_from)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
            """,
            ct,
            id,
            organizerId,
            kept,
            details.PixKey is not null,
            details.Iban is not null,
            changedBy,
            now,
            usableFrom
        );
    }
}
