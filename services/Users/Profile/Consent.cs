using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Profile;

/// <summary>What a person can agree to (LGPD, art. 7, I). A purchase needs none of them.</summary>
public enum ConsentPurpose
{
    /// <summary>The terms of use.</summary>
    Terms,

    /// <summary>News and offers by e-mail.</summary>
    Marketing,

    /// <summary>Name and e-mail address go to the organizers of the events that were bought.</summary>
    Organizers,

    /// <summary>Use of the pages is measured.</summary>
    Analytics,
}

/// <summary>One choice.</summary>
public sealed record ConsentChoice(ConsentPurpose Purpose, bool Granted)
{
    /// <exception cref="ProblemException">422 when a choice is null or a purpose is named twice.</exception>
    public static IReadOnlyList<ConsentChoice> Check(IReadOnlyList<ConsentChoice?> choices)
    {
        var made = choices.OfType<ConsentChoice>().DistinctBy(c => c.Purpose).ToList();
        return made.Count == choices.Count ? made : throw ProblemException.Invalid("consents", "Each purpose once.");
    }
}

internal static class Consents
{
    /// <summary>Writes down the choice, and tells those who act by it.</summary>
    public static void AddConsent(this UsersDb db, Guid userId, ConsentChoice choice, DateTimeOffset at)
    {
        db.Add(new ConsentRecord(userId, choice, at));
        if (choice.Purpose == ConsentPurpose.Organizers)
            db.Publish(new OrganizerConsentChanged(userId, choice.Granted, at));
    }
}

/// <summary>A line of the log of consents: never changed, kept after erasure as evidence without a name.</summary>
internal sealed class ConsentRecord
{
    public const int MaxPurposes = 10;

    public ConsentRecord(Guid userId, ConsentChoice choice, DateTimeOffset at)
    {
        UserId = userId;
        Purpose = choice.Purpose;
        Granted = choice.Granted;
        At = at;
    }

    private ConsentRecord() { }

    public Guid Id { get; private init; } = Guid.CreateVersion7();
    public Guid UserId { get; private init; }
    public ConsentPurpose Purpose { get; private init; }
    public bool Granted { get; private init; }
    public DateTimeOffset At { get; private init; }

    internal sealed class Mapping : IEntityTypeConfiguration<ConsentRecord>
    {
        public void Configure(EntityTypeBuilder<ConsentRecord> e)
        {
            e.ToTable("consents");
            e.Property(c => c.Purpose).HasMaxLength(20);
            e.HasIndex(c => new { c.UserId, c.Id });
        }
    }
}

/// <summary>A choice and when it was made.</summary>
public sealed record ConsentEntry(ConsentPurpose Purpose, bool Granted, DateTimeOffset At);

/// <summary>The choices of a person.</summary>
/// <param name="Consents">What holds now, every purpose that was ever decided.</param>
/// <param name="History">Every decision, latest first; at most the last 100.</param>
public sealed record ConsentsView(IReadOnlyList<ConsentEntry> Consents, IReadOnlyList<ConsentEntry> History)
{
    private const int MaxHistory = 100;

    internal static ConsentsView Of(IReadOnlyList<ConsentRecord> current, IReadOnlyList<ConsentRecord> log) =>
        new([.. current.Select(Entry)], [.. log.Select(Entry)]);

    private static ConsentEntry Entry(ConsentRecord record) => new(record.Purpose, record.Granted, record.At);

    /// <summary>The latest record of each purpose.</summary>
    internal static Task<List<ConsentRecord>> CurrentAsync(UsersDb db, Guid userId, CancellationToken ct) =>
        db
            .Consents.FromSql(
                $"""
                SELECT DISTINCT ON (purpose) * FROM consents WHERE user_id = {userId}
                ORDER BY purpose, id DESC
                """
            )
            .AsNoTracking()
            .ToListAsync(ct);

    internal static async Task<ConsentsView> ReadAsync(UsersDb db, Guid userId, CancellationToken ct) =>
        Of(
            await CurrentAsync(db, userId, ct),
            await db
                .Consents.AsNoTracking()
                .Where(c => c.UserId == userId)
                .OrderByDescending(c => c.Id)
                .Take(MaxHistory)
                .ToListAsync(ct)
        );
}
