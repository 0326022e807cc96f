using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;

namespace Ticketing.Orders.Reading;

/// <summary>
/// Whether a person's name and address are shown to the teams of what they bought, as told by Users; whose is not here did not
/// agree. Looked at when a team reads, never in a purchase.
/// </summary>
internal sealed class OrganizerConsent
{
    public required Guid UserId { get; init; }
    public required bool Granted { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Of two that come in the wrong order the later one holds; of who was erased nothing is kept.</summary>
    public static Task Handle(OrganizerConsentChanged changed, OrdersDb db, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO organizer_consents (user_id, granted, at)
            SELECT {changed.UserId}, {changed.Granted}, {changed.At}
            WHERE NOT EXISTS (SELECT FROM erased_people WHERE user_id = {changed.UserId})
            ON CONFLICT (user_id) DO UPDATE SET granted = excluded.granted, at = excluded.at
            WHERE organizer_consents.at < excluded.at
            """,
            ct
        );

    private sealed class Mapping : IEntityTypeConfiguration<OrganizerConsent>
    {
        public void Configure(EntityTypeBuilder<OrganizerConsent> consent)
        {
            consent.ToTable("organizer_consents");
            consent.HasKey(c => c.UserId);
            consent.Property(c => c.UserId).ValueGeneratedNever();
        }
    }
}
