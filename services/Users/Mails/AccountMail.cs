using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.Mails;

/// <summary>What a mail about an account is for. Public because Razor components are.</summary>
public enum MailKind
{
    /// <summary>To a new account: proves its address.</summary>
    Welcome,

    /// <summary>The same, when the account could not have the CPF that was given.</summary>
    WelcomeWithoutCpf,

    /// <summary>Somebody registered or wanted an address that has an account: to that.</summary>
    AddressKnown,

    PasswordReset,

    /// <summary>To the address that the account shall have.</summary>
    AddressNew,

    /// <summary>To the address that the account has, when another was asked for.</summary>
    AddressAsked,

    /// <summary>To the address that the account had.</summary>
    AddressChanged,

    PasswordChanged,
    NewDevice,
    SecondFactor,
}

/// <summary>
/// A mail about an account, and what it proves: neither its link nor its code is stored, both are computed of the row's
/// id (<see cref="Proofs"/>). Sent at least once, by any replica.
/// </summary>
internal sealed class AccountMail
{
    public const int MaxTries = 5;
    public static readonly RetentionRule Retention = new(
        "account_mails",
        "expires_at < now() - interval '1 day'",
        "It proves nothing any more; a day later nobody asks whether it was sent."
    );
    private const int MaxDevice = 60;

    public Guid Id { get; init; }
    public Guid UserId { get; init; }
    public MailKind Kind { get; init; }
    public string Recipient { get; init; } = "";

    /// <summary>The account's when it was written: a new password makes older mails worthless.</summary>
    public Guid Stamp { get; init; }

    /// <summary>For <see cref="MailKind.NewDevice"/>.</summary>
    public string Device { get; init; } = "";
    public DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>How often a code was tried.</summary>
    public int Tries { get; init; }
    public DateTimeOffset? SentAt { get; init; }
    public int Attempts { get; init; }

    /// <summary>At once, at first.</summary>
    public DateTimeOffset NextAttemptAt { get; init; } = DateTimeOffset.MinValue;
    public string? TraceParent { get; init; }

    public static AccountMail To(
        User user,
        MailKind kind,
        DateTimeOffset now,
        string? recipient = null,
        string device = ""
    ) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            UserId = user.Id,
            Kind = kind,
            Recipient = recipient ?? user.Email!,
            Stamp = user.Stamp,
            Device = device,
            ExpiresAt = now + LifetimeOf(kind),
            TraceParent = Traces.Current,
        };

    public static TimeSpan LifetimeOf(MailKind kind) =>
        TimeSpan.FromHours(kind is MailKind.PasswordReset or MailKind.AddressNew ? 1 : 24);

    internal sealed class Mapping : IEntityTypeConfiguration<AccountMail>
    {
        public void Configure(EntityTypeBuilder<AccountMail> e)
        {
            e.ToTable("account_mails");
            e.Property(m => m.Kind).HasMaxLength(30);
            e.Property(m => m.Recipient).HasMaxLength(EmailAddress.MaxLength);
            e.Property(m => m.Device).HasMaxLength(MaxDevice);
            e.HasIndex(m => m.UserId);
            e.HasIndex(m => m.ExpiresAt);
            e.HasIndex(m => m.NextAttemptAt).HasFilter("sent_at IS NULL");
        }
    }
}
