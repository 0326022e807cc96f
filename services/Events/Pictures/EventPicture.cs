using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Events.Catalog;

namespace Ticketing.Events.Pictures;

/// <summary>The picture that an event's team gave it: one, a later one takes its place.</summary>
internal sealed class EventPicture
{
    private const int TagLength = 16;

    public required Guid EventId { get; init; }

    /// <summary>As <see cref="Jpeg.Clean"/> leaves it.</summary>
    public required byte[] Content { get; init; }

    /// <summary>Of the content: part of its address, so that caches may keep what they have for good.</summary>
    public required string Tag { get; init; }

    /// <summary>Where everybody finds it.</summary>
    public static string AddressOf(string origin, Guid eventId, string tag) =>
        $"{origin}/api/v1/events/{eventId}/picture?v={tag}";

    private sealed class Mapping : IEntityTypeConfiguration<EventPicture>
    {
        public void Configure(EntityTypeBuilder<EventPicture> builder)
        {
            builder.ToTable("event_pictures");
            builder.HasKey(p => p.EventId);
            builder.Property(p => p.Tag).HasMaxLength(TagLength);
            builder.HasOne<Event>().WithOne().HasForeignKey<EventPicture>(p => p.EventId);
        }
    }
}
