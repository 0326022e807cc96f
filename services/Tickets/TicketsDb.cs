using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.Catalog;
using Ticketing.Tickets.Documents;
using Ticketing.Tickets.Holds;
using Ticketing.Tickets.IssuedTickets;
using Ticketing.Tickets.Transfers;

namespace Ticketing.Tickets;

/// <summary>
/// Inventory, holds and tickets. Order of locks, the same everywhere: who takes free stock locks its pools (by id)
/// before the seats; who has stock already locks its hold, then its tickets (by id), its seats, and the pools (by id)
/// last. Neither ever waits for the other's seats, so nobody deadlocks.
/// </summary>
internal sealed class TicketsDb(DbContextOptions<TicketsDb> options) : DbContext(options)
{
    public DbSet<Event> Events => Set<Event>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<Pool> Pools => Set<Pool>();
    public DbSet<TicketType> TicketTypes => Set<TicketType>();
    public DbSet<Seat> Seats => Set<Seat>();
    public DbSet<Hold> Holds => Set<Hold>();
    public DbSet<HoldItem> HoldItems => Set<HoldItem>();
    public DbSet<Ticket> Tickets => Set<Ticket>();
    public DbSet<Transfer> Transfers => Set<Transfer>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.StoreEnumsAsText();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddOutbox();
        modelBuilder.AddTeamMembers();
        modelBuilder.AddPullCursors();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(TicketsDb).Assembly);
        modelBuilder.Entity<Session>(e => e.HasOne(s => s.Event).WithMany());
        modelBuilder.Entity<Pool>(e =>
        {
            e.HasOne<Session>().WithMany().HasForeignKey(p => p.SessionId);
            e.ToTable(t =>
            {
                t.HasCheckConstraint("ck_pools_identity", "available + held + sold + blocked = capacity");
                t.HasCheckConstraint(
                    "ck_pools_no_negative",
                    "available >= 0 AND held >= 0 AND sold >= 0 AND blocked >= 0 AND target_capacity >= 0"
                );
                t.HasCheckConstraint("ck_pools_target", "capacity >= target_capacity");
            });
        });
        modelBuilder.Entity<TicketType>(e =>
        {
            e.HasOne<Session>().WithMany().HasForeignKey(t => t.SessionId);
            e.HasOne<Pool>().WithMany().HasForeignKey(t => t.PoolId);
        });
        modelBuilder.Entity<Seat>(e =>
        {
            e.HasKey(s => new { s.SessionId, s.SeatId });
            e.HasOne<Pool>().WithMany().HasForeignKey(s => s.PoolId);
            e.ToTable(t =>
                t.HasCheckConstraint("ck_seats_hold", "(hold_id IS NOT NULL) = (status IN ('Held', 'Sold'))")
            );
        });
        modelBuilder.Entity<Hold>(e =>
        {
            // No foreign keys here: their checks would cost the hot path, and only take_holds inserts.
            // Names matter: of two indexes that seem alike while the tables are empty the planner takes the one made
            // last, and migrations make them in the order of their names. A plan is kept (move_holds.sql):
            // ix_holds_unpaid after ix_holds_live, ix_tickets_valid_buyer after ix_tickets_session.
            e.HasIndex(h => h.ExpiresAt, "ix_holds_live")
                .HasDatabaseName("ix_holds_live")
                .HasFilter("status IN ('Held', 'Ordered')");
            e.HasIndex(h => new { h.BuyerId, h.SessionId }, "ix_holds_unpaid")
                .HasDatabaseName("ix_holds_unpaid")
                .HasFilter("status IN ('Held', 'Ordered')");
            e.HasIndex(
                    h => new
                    {
                        h.BuyerId,
                        h.SessionId,
                        h.ExpiresAt,
                    },
                    "ix_holds_lapsed"
                )
                .HasDatabaseName("ix_holds_lapsed")
                .HasFilter("status IN ('Expired', 'Released')");
            e.HasIndex(h => new { h.BuyerId, h.IdempotencyKey }, "ux_holds_key")
                .HasDatabaseName("ux_holds_key")
                .IsUnique()
                .HasFilter("idempotency_key IS NOT NULL");
        });
        // What counts towards a CPF's limit.
        modelBuilder.Entity<Hold>(e =>
            e.HasIndex(h => new { h.CpfIndex, h.SessionId }, "ix_holds_cpf")
                .HasDatabaseName("ix_holds_cpf")
                .HasFilter("cpf_index IS NOT NULL AND status IN ('Held', 'Ordered')")
        );
        modelBuilder.Entity<Ticket>(e =>
            e.HasIndex(t => new { t.CpfIndex, t.SessionId }, "ix_tickets_cpf")
                .HasDatabaseName("ix_tickets_cpf")
                .HasFilter("cpf_index IS NOT NULL AND status <> 'Voided'")
        );
        modelBuilder.Entity<HoldItem>(e => e.HasKey(i => new { i.HoldId, i.Ordinal }));
        modelBuilder.Entity<Ticket>(e =>
        {
            e.HasOne(t => t.Session).WithMany();
            e.HasIndex(t => t.Number).IsUnique();
            e.HasIndex(t => new { t.OrderId, t.Ordinal }).IsUnique();
            e.HasIndex(t => new { t.OwnerId, t.Id });
            // Counted by the door and the audit, from the index alone.
            e.HasIndex(t => new
                {
                    t.SessionId,
                    t.PoolId,
                    t.TypeName,
                    t.Status,
                })
                .HasDatabaseName("ix_tickets_session");
            // What counts towards a person's limit.
            e.HasIndex(t => new { t.BuyerId, t.SessionId }, "ix_tickets_valid_buyer")
                .HasDatabaseName("ix_tickets_valid_buyer")
                .HasFilter("status <> 'Voided'");
            // A seat is in at most one ticket.
            e.HasIndex(t => new { t.SessionId, t.SeatId }, "ux_tickets_seat")
                .HasDatabaseName("ux_tickets_seat")
                .IsUnique()
                .HasFilter("seat_id IS NOT NULL AND status <> 'Voided'");
        });
        modelBuilder.Entity<StaleDocument>(e =>
        {
            e.ToTable("stale_documents").HasKey(d => d.TicketId);
            e.Property(d => d.DueAt).HasDefaultValueSql("now()");
        });
    }
}
