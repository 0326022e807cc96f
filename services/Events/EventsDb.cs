using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Auditing;
using Ticketing.Events.Catalog;
using Ticketing.Events.Changes;
using Ticketing.Events.Coupons;
using Ticketing.Events.Pictures;
using Ticketing.Events.Teams;
using Ticketing.Events.Venues;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events;

internal sealed class EventsDb(DbContextOptions<EventsDb> options) : DbContext(options)
{
    public DbSet<Organizer> Organizers => Set<Organizer>();

    /// <summary>The truth about teams; the other services keep copies of it.</summary>
    public DbSet<TeamMember> TeamMembers => Set<TeamMember>();
    public DbSet<Invitation> Invitations => Set<Invitation>();
    public DbSet<Venue> Venues => Set<Venue>();
    public DbSet<SeatMap> SeatMaps => Set<SeatMap>();
    public DbSet<Section> Sections => Set<Section>();
    public DbSet<Seat> Seats => Set<Seat>();
    public DbSet<Event> Events => Set<Event>();
    public DbSet<EventPicture> Pictures => Set<EventPicture>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<Pool> Pools => Set<Pool>();
    public DbSet<TicketType> TicketTypes => Set<TicketType>();
    public DbSet<Coupon> Coupons => Set<Coupon>();
    public DbSet<AuditEntry> AuditLog => Set<AuditEntry>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.StoreEnumsAsText();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.AddOutbox();
        model.AddTeamMembers();
        model.Entity<TeamMember>().AddChangedIn(null, nameof(TeamMember.OrganizerId), nameof(TeamMember.UserId));
        model.ApplyConfigurationsFromAssembly(typeof(EventsDb).Assembly);
    }
}
