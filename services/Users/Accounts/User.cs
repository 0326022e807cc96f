using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

/// <summary>A person. Erased: the row stays, so that the id means nobody for ever; what tells who it was is gone.</summary>
internal sealed class User
{
    public const string PrimaryKey = "pk_users";
    public const string EmailIndex = "ix_users_email";
    public const string CpfUniqueIndex = "ix_users_cpf_index";
    public const int MaxName = Contracts.PersonName.MaxLength;
    public const int MaxLocale = 10;

    public static readonly EncryptedColumn CpfColumn = new("users", "cpf", "cpf_index", UniquePeople.IndexedCpf);
    public static readonly EncryptedColumn AuthenticatorColumn = new("users", "authenticator");

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Normalised (<see cref="EmailAddress"/>), unique; null once erased.</summary>
    public string? Email { get; set; }

    /// <summary>When the person proved that the address is theirs; null until then.</summary>
    public DateTimeOffset? EmailVerifiedAt { get; set; }
    public required string Name { get; set; }

    /// <summary>Null with an external provider, and once erased.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Encrypted; <see cref="CpfIndex"/> makes it unique.</summary>
    public byte[]? Cpf { get; set; }
    public byte[]? CpfIndex { get; set; }
    public required string Locale { get; set; }

    /// <summary>The authenticator app's secret, encrypted; null without one.</summary>
    public byte[]? Authenticator { get; set; }

    /// <summary>Of the last code that was used: none works twice.</summary>
    public long AuthenticatorStep { get; set; }
    public string[] Roles { get; set; } = [];

    /// <summary>New with each password: a sign-in, mail or known device that was under way with the old one fails.</summary>
    public Guid Stamp { get; set; } = Guid.CreateVersion7();

    /// <summary>The profile's ETag.</summary>
    public long Version { get; set; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ErasedAt { get; private set; }

    public void ChangePassword(string hash)
    {
        PasswordHash = hash;
        Stamp = Guid.CreateVersion7();
    }

    public void Erase(DateTimeOffset at)
    {
        Email = null;
        EmailVerifiedAt = null;
        Name = "";
        PasswordHash = null;
        Cpf = null;
        CpfIndex = null;
        Locale = Locales.Default;
        Roles = [];
        Stamp = Guid.CreateVersion7();
        Version++;
        ErasedAt = at;
    }

    internal sealed class Mapping : IEntityTypeConfiguration<User>
    {
        public void Configure(EntityTypeBuilder<User> e)
        {
            e.ToTable("users");
            e.Property(u => u.Email).HasMaxLength(EmailAddress.MaxLength);
            e.HasIndex(u => u.Email).IsUnique().HasDatabaseName(EmailIndex);
            e.Property(u => u.Name).HasMaxLength(MaxName);
            e.Property(u => u.PasswordHash).HasMaxLength(200);
            e.HasIndex(u => u.CpfIndex).IsUnique().HasDatabaseName(CpfUniqueIndex);
            e.Property(u => u.Locale).HasMaxLength(MaxLocale);
            e.Property(u => u.Version).IsConcurrencyToken();
        }
    }
}
