using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Ticketing.Tickets.Holds;

#nullable disable

namespace Ticketing.Tickets.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "double_admissions",
                columns: table => new
                {
                    ticket_id = table.Column<Guid>(type: "uuid", nullable: false),
                    device = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_double_admissions",
                        x => new
                        {
                            x.ticket_id,
                            x.device,
                            x.at,
                        }
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "erased_people",
                columns: table => new { id = table.Column<Guid>(type: "uuid", nullable: false) },
                constraints: table =>
                {
                    table.PrimaryKey("pk_erased_people", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "events",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    cancelled = table.Column<bool>(type: "boolean", nullable: false),
                    organizer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    organizer_name = table.Column<string>(type: "text", nullable: false),
                    title = table.Column<string>(type: "text", nullable: false),
                    venue_name = table.Column<string>(type: "text", nullable: false),
                    venue_address = table.Column<string>(type: "text", nullable: false),
                    venue_city = table.Column<string>(type: "text", nullable: false),
                    venue_state = table.Column<string>(type: "text", nullable: false),
                    time_zone = table.Column<string>(type: "text", nullable: false),
                    image_url = table.Column<string>(type: "text", nullable: true),
                    accent_color = table.Column<string>(type: "text", nullable: true),
                    contact_email = table.Column<string>(type: "text", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_events", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "hold_items",
                columns: table => new
                {
                    hold_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    ticket_type_id = table.Column<Guid>(type: "uuid", nullable: false),
                    pool_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    unit_price = table.Column<long>(type: "bigint", nullable: false),
                    fee = table.Column<long>(type: "bigint", nullable: false),
                    platform_fee = table.Column<long>(type: "bigint", nullable: false),
                    currency = table.Column<string>(type: "text", nullable: false),
                    quantity = table.Column<int>(type: "integer", nullable: false),
                    seat_ids = table.Column<Guid[]>(type: "uuid[]", nullable: false),
                    seats = table.Column<string[]>(type: "text[]", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_hold_items", x => new { x.hold_id, x.ordinal });
                }
            );

            migrationBuilder.CreateTable(
                name: "holds",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    buyer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    granted_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    idempotency_key = table.Column<string>(type: "text", nullable: true),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: true),
                    cpf_index = table.Column<byte[]>(type: "bytea", nullable: true),
                    block_reason = table.Column<string>(type: "text", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_holds", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "inbox",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    processed_at = table.Column<DateTimeOffset>(
                        type: "timestamp with time zone",
                        nullable: false,
                        defaultValueSql: "now()"
                    ),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_inbox", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    payload = table.Column<string>(type: "jsonb", nullable: false),
                    trace_parent = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(
                        type: "timestamp with time zone",
                        nullable: false,
                        defaultValueSql: "now()"
                    ),
                    attempts = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    next_try_at = table.Column<DateTimeOffset>(
                        type: "timestamp with time zone",
                        nullable: false,
                        defaultValueSql: "now()"
                    ),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "pull_cursors",
                columns: table => new
                {
                    fact = table.Column<string>(type: "text", nullable: false),
                    cursor = table.Column<string>(type: "text", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pull_cursors", x => x.fact);
                }
            );

            migrationBuilder.CreateTable(
                name: "stale_documents",
                columns: table => new
                {
                    ticket_id = table.Column<Guid>(type: "uuid", nullable: false),
                    due_at = table.Column<DateTimeOffset>(
                        type: "timestamp with time zone",
                        nullable: false,
                        defaultValueSql: "now()"
                    ),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_stale_documents", x => x.ticket_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "team_members",
                columns: table => new
                {
                    organizer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    role = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_team_members", x => new { x.organizer_id, x.user_id });
                }
            );

            migrationBuilder.CreateTable(
                name: "sessions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    starts_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    doors_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    cancelled = table.Column<bool>(type: "boolean", nullable: false),
                    max_per_person = table.Column<int>(type: "integer", nullable: false),
                    requires_cpf = table.Column<bool>(type: "boolean", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sessions", x => x.id);
                    table.ForeignKey(
                        name: "fk_sessions_events_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "pools",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    section_id = table.Column<Guid>(type: "uuid", nullable: true),
                    target_capacity = table.Column<int>(type: "integer", nullable: false),
                    capacity = table.Column<int>(type: "integer", nullable: false),
                    available = table.Column<int>(type: "integer", nullable: false),
                    held = table.Column<int>(type: "integer", nullable: false),
                    sold = table.Column<int>(type: "integer", nullable: false),
                    blocked = table.Column<int>(type: "integer", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pools", x => x.id);
                    table.CheckConstraint("ck_pools_identity", "available + held + sold + blocked = capacity");
                    table.CheckConstraint(
                        "ck_pools_no_negative",
                        "available >= 0 AND held >= 0 AND sold >= 0 AND blocked >= 0 AND target_capacity >= 0"
                    );
                    table.CheckConstraint("ck_pools_target", "capacity >= target_capacity");
                    table.ForeignKey(
                        name: "fk_pools_sessions_session_id",
                        column: x => x.session_id,
                        principalTable: "sessions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "tickets",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<string>(type: "text", nullable: false),
                    serial = table.Column<int>(type: "integer", nullable: false),
                    order_id = table.Column<Guid>(type: "uuid", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    pool_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    type_name = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    seat_id = table.Column<Guid>(type: "uuid", nullable: true),
                    seat = table.Column<string>(type: "text", nullable: true),
                    price_amount = table.Column<long>(type: "bigint", nullable: false),
                    price_currency = table.Column<string>(type: "text", nullable: false),
                    order_number = table.Column<string>(type: "text", nullable: false),
                    locale = table.Column<string>(type: "text", nullable: false),
                    buyer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    cpf_index = table.Column<byte[]>(type: "bytea", nullable: true),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    holder_name = table.Column<string>(type: "text", nullable: false),
                    name_key = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    issued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    gate = table.Column<string>(type: "text", nullable: true),
                    used_device = table.Column<string>(type: "text", nullable: true),
                    block_reason = table.Column<string>(type: "text", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tickets", x => x.id);
                    table.ForeignKey(
                        name: "fk_tickets_sessions_session_id",
                        column: x => x.session_id,
                        principalTable: "sessions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "seats",
                columns: table => new
                {
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    seat_id = table.Column<Guid>(type: "uuid", nullable: false),
                    pool_id = table.Column<Guid>(type: "uuid", nullable: false),
                    section = table.Column<string>(type: "text", nullable: false),
                    row = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<string>(type: "text", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    at_table = table.Column<bool>(type: "boolean", nullable: false),
                    x = table.Column<int>(type: "integer", nullable: false),
                    y = table.Column<int>(type: "integer", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    hold_id = table.Column<Guid>(type: "uuid", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_seats", x => new { x.session_id, x.seat_id });
                    table.CheckConstraint("ck_seats_hold", "(hold_id IS NOT NULL) = (status IN ('Held', 'Sold'))");
                    table.ForeignKey(
                        name: "fk_seats_pools_pool_id",
                        column: x => x.pool_id,
                        principalTable: "pools",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "ticket_types",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    pool_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    price_amount = table.Column<long>(type: "bigint", nullable: false),
                    price_currency = table.Column<string>(type: "text", nullable: false),
                    fee = table.Column<long>(type: "bigint", nullable: false),
                    platform_fee = table.Column<long>(type: "bigint", nullable: false),
                    sales_start = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    sales_end = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    max_per_order = table.Column<int>(type: "integer", nullable: false),
                    withdrawn = table.Column<bool>(type: "boolean", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ticket_types", x => x.id);
                    table.ForeignKey(
                        name: "fk_ticket_types_pools_pool_id",
                        column: x => x.pool_id,
                        principalTable: "pools",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_ticket_types_sessions_session_id",
                        column: x => x.session_id,
                        principalTable: "sessions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "transfers",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    ticket_id = table.Column<Guid>(type: "uuid", nullable: false),
                    from_id = table.Column<Guid>(type: "uuid", nullable: false),
                    to_id = table.Column<Guid>(type: "uuid", nullable: true),
                    email = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: true),
                    name = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: true),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    offered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_transfers", x => x.id);
                    table.ForeignKey(
                        name: "fk_transfers_tickets_ticket_id",
                        column: x => x.ticket_id,
                        principalTable: "tickets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "ix_holds_cpf",
                table: "holds",
                columns: new[] { "cpf_index", "session_id" },
                filter: "cpf_index IS NOT NULL AND status IN ('Held', 'Ordered')"
            );

            migrationBuilder.CreateIndex(
                name: "ix_holds_lapsed",
                table: "holds",
                columns: new[] { "buyer_id", "session_id", "expires_at" },
                filter: "status IN ('Expired', 'Released')"
            );

            migrationBuilder.CreateIndex(
                name: "ix_holds_live",
                table: "holds",
                column: "expires_at",
                filter: "status IN ('Held', 'Ordered')"
            );

            migrationBuilder.CreateIndex(
                name: "ix_holds_unpaid",
                table: "holds",
                columns: new[] { "buyer_id", "session_id" },
                filter: "status IN ('Held', 'Ordered')"
            );

            migrationBuilder.CreateIndex(
                name: "ux_holds_key",
                table: "holds",
                columns: new[] { "buyer_id", "idempotency_key" },
                unique: true,
                filter: "idempotency_key IS NOT NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_inbox_processed_at", table: "inbox", column: "processed_at");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_type_next_try_at",
                table: "outbox",
                columns: new[] { "type", "next_try_at" }
            );

            migrationBuilder.CreateIndex(name: "ix_pools_session_id", table: "pools", column: "session_id");

            migrationBuilder.CreateIndex(name: "ix_seats_pool_id", table: "seats", column: "pool_id");

            migrationBuilder.CreateIndex(name: "ix_sessions_event_id", table: "sessions", column: "event_id");

            migrationBuilder.CreateIndex(name: "ix_team_members_user_id", table: "team_members", column: "user_id");

            migrationBuilder.CreateIndex(name: "ix_ticket_types_pool_id", table: "ticket_types", column: "pool_id");

            migrationBuilder.CreateIndex(
                name: "ix_ticket_types_session_id",
                table: "ticket_types",
                column: "session_id"
            );

            migrationBuilder.CreateIndex(
                name: "ix_tickets_cpf",
                table: "tickets",
                columns: new[] { "cpf_index", "session_id" },
                filter: "cpf_index IS NOT NULL AND status <> 'Voided'"
            );

            migrationBuilder.CreateIndex(name: "ix_tickets_number", table: "tickets", column: "number", unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_tickets_order_id_ordinal",
                table: "tickets",
                columns: new[] { "order_id", "ordinal" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_tickets_owner_id_id",
                table: "tickets",
                columns: new[] { "owner_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_tickets_session",
                table: "tickets",
                columns: new[] { "session_id", "pool_id", "type_name", "status" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_tickets_valid_buyer",
                table: "tickets",
                columns: new[] { "buyer_id", "session_id" },
                filter: "status <> 'Voided'"
            );

            migrationBuilder.CreateIndex(
                name: "ux_tickets_seat",
                table: "tickets",
                columns: new[] { "session_id", "seat_id" },
                unique: true,
                filter: "seat_id IS NOT NULL AND status <> 'Voided'"
            );

            migrationBuilder.CreateIndex(
                name: "ix_transfers_due_at",
                table: "transfers",
                column: "due_at",
                filter: "status = 'Offered'"
            );

            migrationBuilder.CreateIndex(
                name: "ix_transfers_email_id",
                table: "transfers",
                columns: new[] { "email", "id" },
                filter: "status = 'Offered'"
            );

            migrationBuilder.CreateIndex(
                name: "ix_transfers_expires_at",
                table: "transfers",
                column: "expires_at",
                filter: "email IS NOT NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_transfers_from_id_id",
                table: "transfers",
                columns: new[] { "from_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_transfers_ticket_id_id",
                table: "transfers",
                columns: new[] { "ticket_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_transfers_to_id",
                table: "transfers",
                column: "to_id",
                filter: "to_id IS NOT NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ux_transfers_open",
                table: "transfers",
                column: "ticket_id",
                unique: true,
                filter: "status = 'Offered'"
            );

            migrationBuilder.CreateHoldFunctions();
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP FUNCTION take_holds, expire_holds, block_tickets, void_tickets, end_hold, commit_hold, return_stock,
                    name_hold, places_of_cpf,
                    first_id, seat_label
                """
            );

            migrationBuilder.DropTable(name: "double_admissions");

            migrationBuilder.DropTable(name: "erased_people");

            migrationBuilder.DropTable(name: "hold_items");

            migrationBuilder.DropTable(name: "holds");

            migrationBuilder.DropTable(name: "inbox");

            migrationBuilder.DropTable(name: "outbox");

            migrationBuilder.DropTable(name: "pull_cursors");

            migrationBuilder.DropTable(name: "seats");

            migrationBuilder.DropTable(name: "stale_documents");

            migrationBuilder.DropTable(name: "team_members");

            migrationBuilder.DropTable(name: "ticket_types");

            migrationBuilder.DropTable(name: "transfers");

            migrationBuilder.DropTable(name: "pools");

            migrationBuilder.DropTable(name: "tickets");

            migrationBuilder.DropTable(name: "sessions");

            migrationBuilder.DropTable(name: "events");
        }
    }
}
