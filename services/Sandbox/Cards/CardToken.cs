using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ticketing.Sandbox.Cards;

/// <summary>Stands for a test card; the number itself is not kept.</summary>
internal sealed class CardToken
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    public const int MaxLength = 100;
    public const string Pattern = "^[a-zA-Z0-9_]{1,100}$";

    public required string Token { get; init; }
    public required CardOutcome Outcome { get; init; }
    public required string Brand { get; init; }
    public required string Last4 { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<CardToken>
    {
        public void Configure(EntityTypeBuilder<CardToken> builder)
        {
            builder.ToTable("card_tokens");
            builder.HasKey(t => t.Token);
            builder.Property(t => t.Token).HasMaxLength(MaxLength);
            builder.Property(t => t.Outcome).HasConversion<string>().HasMaxLength(20);
            builder.Property(t => t.Brand).HasMaxLength(20);
            builder.Property(t => t.Last4).HasMaxLength(4);
        }
    }
}
