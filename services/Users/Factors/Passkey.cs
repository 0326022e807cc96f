using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ticketing.Users.Factors;

/// <summary>A key on a person's device (WebAuthn).</summary>
internal sealed class Passkey
{
    public const int MaxEach = 10;
    private const int MaxName = 60;

    /// <summary>The credential's, which the device chose.</summary>
    public required byte[] Id { get; init; }
    public required Guid UserId { get; init; }
    public required byte[] PublicKey { get; init; }
    public required long SignCount { get; init; }

    /// <summary>The device that it was made at.</summary>
    public required string Name { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<Passkey>
    {
        public void Configure(EntityTypeBuilder<Passkey> e)
        {
            e.ToTable("passkeys");
            e.Property(p => p.Name).HasMaxLength(MaxName);
            e.HasIndex(p => p.UserId);
        }
    }
}

/// <summary>Lets its person in once, when the other factors are lost. A hash: eighty random bits need no slow one.</summary>
internal sealed class RecoveryCode
{
    public required Guid UserId { get; init; }
    public required byte[] Hash { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<RecoveryCode>
    {
        public void Configure(EntityTypeBuilder<RecoveryCode> e)
        {
            e.ToTable("recovery_codes");
            e.HasKey(c => new { c.UserId, c.Hash });
        }
    }
}
