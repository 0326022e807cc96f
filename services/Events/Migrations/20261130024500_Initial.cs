using System;
using Microsoft.EntityFrameworkCore.Migrations;
using NpgsqlTypes;
using Ticketing.Events.Auditing;
using Ticketing.Events.Browsing;
using Ticketing.Events.Changes;
using Ticketing.Events.Coupons;

#nullable disable

namespace Ticketing.Events.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit_log",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    action = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    actor_id = table.Column<Guid>(type: "uuid", nullable: true),
                    as_admin = table.Column<bool>(type: "boolean", nullable: false),
                    organizer_id = table.Column<Guid>(type: "uuid", nullable: true),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    network = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true),
                    reason = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    details = table.Column<string>(type: "jsonb", nullable: false),
                    recorded_at = table.Column<DateTimeOffset>(
                        type: "timestamp with time zone",
                        nullable: false,
                        defaultValueSql: "now()"
                    ),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_log", x => x.id);
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
                name: "organizers",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    lower_name = table.Column<string>(
                        type: "text",
                        nullable: false,
                        computedColumnSql: "lower(name)",
                        stored: true,
                        collation: "C"
                    ),
                    description = table.Column<string>(
                        type: "character varying(5000)",
                        maxLength: 5000,
                        nullable: true
                    ),
                    website = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    contact_email = table.Column<string>(
                        type: "character varying(254)",
                        maxLength: 254,
                        nullable: true
                    ),
                    approved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    refused_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    refusal = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    fee_currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    fee_fixed = table.Column<long>(type: "bigint", nullable: false),
                    fee_passed_on = table.Column<bool>(type: "boolean", nullable: false),
                    fee_percent = table.Column<decimal>(type: "numeric(4,2)", precision: 4, scale: 2, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_organizers", x => x.id);
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
                name: "team_members",
                columns: table => new
                {
                    organizer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    role = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    changed_in = table.Column<ulong>(
                        type: "xid8",
                        nullable: false,
                        defaultValueSql: "pg_current_xact_id()"
                    ),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_team_members", x => new { x.organizer_id, x.user_id });
                }
            );

            migrationBuilder.CreateTable(
                name: "invitations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organizer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    email = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: true),
                    role = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    invited_by = table.Column<Guid>(type: "uuid", nullable: false),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    offered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    accepted_by = table.Column<Guid>(type: "uuid", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_invitations", x => x.id);
                    table.ForeignKey(
                        name: "fk_invitations_organizers_organizer_id",
                        column: x => x.organizer_id,
                        principalTable: "organizers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "venues",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organizer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    address = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    city = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    state = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    time_zone = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    capacity = table.Column<int>(type: "integer", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_venues", x => x.id);
                    table.ForeignKey(
                        name: "fk_venues_organizers_organizer_id",
                        column: x => x.organizer_id,
                        principalTable: "organizers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "events",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    organizer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    venue_id = table.Column<Guid>(type: "uuid", nullable: false),
                    title = table.Column<string>(type: "character varying(150)", maxLength: 150, nullable: false),
                    slug = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    description = table.Column<string>(
                        type: "character varying(20000)",
                        maxLength: 20000,
                        nullable: false
                    ),
                    category = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    category_key = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    city_key = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    image_url = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    accent_color = table.Column<string>(
                        type: "character(7)",
                        fixedLength: true,
                        maxLength: 7,
                        nullable: true
                    ),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    cancel_reason = table.Column<string>(
                        type: "character varying(500)",
                        maxLength: 500,
                        nullable: true
                    ),
                    published_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    cancelled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    search_text = table.Column<string>(type: "text", nullable: false),
                    search_vector = table.Column<NpgsqlTsVector>(
                        type: "tsvector",
                        nullable: false,
                        computedColumnSql: "to_tsvector('simple', search_text)",
                        stored: true
                    ),
                    changed_in = table.Column<ulong>(
                        type: "xid8",
                        nullable: false,
                        defaultValueSql: "pg_current_xact_id()"
                    ),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_events", x => x.id);
                    table.ForeignKey(
                        name: "fk_events_organizers_organizer_id",
                        column: x => x.organizer_id,
                        principalTable: "organizers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict
                    );
                    table.ForeignKey(
                        name: "fk_events_venues_venue_id",
                        column: x => x.venue_id,
                        principalTable: "venues",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "seat_maps",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    venue_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(120)", maxLength: 120, nullable: false),
                    seat_count = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_seat_maps", x => x.id);
                    table.ForeignKey(
                        name: "fk_seat_maps_venues_venue_id",
                        column: x => x.venue_id,
                        principalTable: "venues",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "coupons",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    code = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    percent_off = table.Column<int>(type: "integer", nullable: true),
                    amount_off = table.Column<long>(type: "bigint", nullable: true),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: true),
                    max_redemptions = table.Column<int>(type: "integer", nullable: true),
                    redeemed = table.Column<int>(type: "integer", nullable: false),
                    valid_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    valid_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_coupons", x => x.id);
                    table.CheckConstraint("ck_coupons_off", "num_nonnulls(percent_off, amount_off) = 1");
                    table.CheckConstraint("ck_coupons_redeemed", "redeemed >= 0");
                    table.ForeignKey(
                        name: "fk_coupons_events_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "sections",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    seat_map_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    position = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    seat_count = table.Column<int>(type: "integer", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sections", x => x.id);
                    table.ForeignKey(
                        name: "fk_sections_seat_maps_seat_map_id",
                        column: x => x.seat_map_id,
                        principalTable: "seat_maps",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
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
                    over_at = table.Column<DateTimeOffset>(
                        type: "timestamp with time zone",
                        nullable: false,
                        computedColumnSql: "coalesce(ends_at, starts_at)",
                        stored: true
                    ),
                    cancelled = table.Column<bool>(type: "boolean", nullable: false),
                    seat_map_id = table.Column<Guid>(type: "uuid", nullable: true),
                    max_per_person = table.Column<int>(type: "integer", nullable: false),
                    requires_cpf = table.Column<bool>(type: "boolean", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    listed = table.Column<bool>(type: "boolean", nullable: false),
                    organizer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    category_key = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    city_key = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    min_price_amount = table.Column<long>(type: "bigint", nullable: true),
                    min_price_currency = table.Column<string>(
                        type: "character varying(3)",
                        maxLength: 3,
                        nullable: true
                    ),
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
                    table.ForeignKey(
                        name: "fk_sessions_seat_maps_seat_map_id",
                        column: x => x.seat_map_id,
                        principalTable: "seat_maps",
                        principalColumn: "id"
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "coupon_redemptions",
                columns: table => new
                {
                    order_id = table.Column<Guid>(type: "uuid", nullable: false),
                    coupon_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    discount_amount = table.Column<long>(type: "bigint", nullable: false),
                    discount_currency = table.Column<string>(
                        type: "character varying(3)",
                        maxLength: 3,
                        nullable: false
                    ),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_coupon_redemptions", x => x.order_id);
                    table.ForeignKey(
                        name: "fk_coupon_redemptions_coupons_coupon_id",
                        column: x => x.coupon_id,
                        principalTable: "coupons",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "seats",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    section_id = table.Column<Guid>(type: "uuid", nullable: false),
                    row = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    number = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    position = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    x = table.Column<int>(type: "integer", nullable: false),
                    y = table.Column<int>(type: "integer", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_seats", x => x.id);
                    table.ForeignKey(
                        name: "fk_seats_sections_section_id",
                        column: x => x.section_id,
                        principalTable: "sections",
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
                    name = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    capacity = table.Column<int>(type: "integer", nullable: false),
                    section_id = table.Column<Guid>(type: "uuid", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pools", x => x.id);
                    table.CheckConstraint("ck_pools_capacity", "capacity >= 0");
                    table.ForeignKey(
                        name: "fk_pools_sections_section_id",
                        column: x => x.section_id,
                        principalTable: "sections",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict
                    );
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
                name: "ticket_types",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    pool_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    kind = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    platform_fee = table.Column<long>(type: "bigint", nullable: false),
                    fee = table.Column<long>(type: "bigint", nullable: false),
                    sales_start = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    sales_end = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    max_per_order = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    price_amount = table.Column<long>(type: "bigint", nullable: false),
                    price_currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ticket_types", x => x.id);
                    table.CheckConstraint("ck_ticket_types_price", "price_amount >= 0");
                    table.ForeignKey(
                        name: "fk_ticket_types_pools_pool_id",
                        column: x => x.pool_id,
                        principalTable: "pools",
                        principalColumn: "id"
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
                name: "event_pictures",
                columns: table => new
                {
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    content = table.Column<byte[]>(type: "bytea", nullable: false),
                    tag = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_event_pictures", x => x.event_id);
                    table.ForeignKey(
                        name: "fk_event_pictures_events_event_id",
                        column: x => x.event_id,
                        principalTable: "events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "ix_audit_log_organizer_id_id",
                table: "audit_log",
                columns: new[] { "organizer_id", "id" }
            );

            migrationBuilder.CreateIndex(name: "ix_audit_log_recorded_at", table: "audit_log", column: "recorded_at");

            migrationBuilder.CreateIndex(
                name: "ix_coupon_redemptions_coupon_id",
                table: "coupon_redemptions",
                column: "coupon_id"
            );

            migrationBuilder.CreateIndex(
                name: "ix_coupon_redemptions_ended",
                table: "coupon_redemptions",
                column: "expires_at",
                filter: "state <> 'Held'"
            );

            migrationBuilder.CreateIndex(
                name: "ix_coupon_redemptions_live",
                table: "coupon_redemptions",
                column: "expires_at",
                filter: "state = 'Held'"
            );

            migrationBuilder.CreateIndex(
                name: "ix_coupons_event_id_code",
                table: "coupons",
                columns: new[] { "event_id", "code" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_events_changed_in_id",
                table: "events",
                columns: new[] { "changed_in", "id" },
                filter: "status <> 'Draft'"
            );

            migrationBuilder.CreateIndex(
                name: "ix_events_organizer_id_id",
                table: "events",
                columns: new[] { "organizer_id", "id" }
            );

            migrationBuilder
                .CreateIndex(
                    name: "ix_events_search_vector",
                    table: "events",
                    column: "search_vector",
                    filter: "status = 'Published'"
                )
                .Annotation("Npgsql:IndexMethod", "gin");

            migrationBuilder.CreateIndex(name: "ix_events_slug", table: "events", column: "slug", unique: true);

            migrationBuilder.CreateIndex(name: "ix_events_venue_id", table: "events", column: "venue_id");

            migrationBuilder.CreateIndex(name: "ix_inbox_processed_at", table: "inbox", column: "processed_at");

            migrationBuilder.CreateIndex(
                name: "ix_invitations_accepted_by",
                table: "invitations",
                column: "accepted_by",
                filter: "accepted_by IS NOT NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_invitations_expires_at", table: "invitations", column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_invitations_invited_by",
                table: "invitations",
                column: "invited_by",
                filter: "status = 'Offered'"
            );

            migrationBuilder.CreateIndex(
                name: "ix_invitations_organizer_id_id",
                table: "invitations",
                columns: new[] { "organizer_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_organizers_id",
                table: "organizers",
                column: "id",
                filter: "approved_at IS NULL AND refused_at IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_organizers_lower_name_id",
                table: "organizers",
                columns: new[] { "lower_name", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_outbox_type_next_try_at",
                table: "outbox",
                columns: new[] { "type", "next_try_at" }
            );

            migrationBuilder.CreateIndex(name: "ix_pools_section_id", table: "pools", column: "section_id");

            migrationBuilder.CreateIndex(name: "ix_pools_session_id", table: "pools", column: "session_id");

            migrationBuilder.CreateIndex(name: "ix_seat_maps_venue_id", table: "seat_maps", column: "venue_id");

            migrationBuilder.CreateIndex(
                name: "ix_seats_section_id_position",
                table: "seats",
                columns: new[] { "section_id", "position" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_sections_seat_map_id_name",
                table: "sections",
                columns: new[] { "seat_map_id", "name" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_sessions_category_key_starts_at_event_id",
                table: "sessions",
                columns: new[] { "category_key", "starts_at", "event_id" },
                filter: "listed"
            );

            migrationBuilder.CreateIndex(
                name: "ix_sessions_city_key_starts_at_event_id",
                table: "sessions",
                columns: new[] { "city_key", "starts_at", "event_id" },
                filter: "listed"
            );

            migrationBuilder.CreateIndex(
                name: "ix_sessions_event_id_starts_at",
                table: "sessions",
                columns: new[] { "event_id", "starts_at" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_sessions_organizer_id_starts_at_event_id",
                table: "sessions",
                columns: new[] { "organizer_id", "starts_at", "event_id" },
                filter: "listed"
            );

            migrationBuilder.CreateIndex(name: "ix_sessions_seat_map_id", table: "sessions", column: "seat_map_id");

            migrationBuilder.CreateIndex(
                name: "ix_sessions_starts_at_event_id",
                table: "sessions",
                columns: new[] { "starts_at", "event_id" },
                filter: "listed"
            );

            migrationBuilder.CreateIndex(
                name: "ix_team_members_changed_in_organizer_id_user_id",
                table: "team_members",
                columns: new[] { "changed_in", "organizer_id", "user_id" }
            );

            migrationBuilder.CreateIndex(name: "ix_team_members_user_id", table: "team_members", column: "user_id");

            migrationBuilder.CreateIndex(name: "ix_ticket_types_pool_id", table: "ticket_types", column: "pool_id");

            migrationBuilder.CreateIndex(
                name: "ix_ticket_types_session_id",
                table: "ticket_types",
                column: "session_id"
            );

            migrationBuilder.CreateIndex(
                name: "ix_venues_organizer_id_id",
                table: "venues",
                columns: new[] { "organizer_id", "id" }
            );

            migrationBuilder.CreateRunningIndex();
            migrationBuilder.CreateChangeTriggers();
            Redemption.CreateFunctions(migrationBuilder);
            migrationBuilder.CreateAuditTriggers();
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            foreach (
                var function in (string[])
                    [
                        "note_change",
                        "audit_log_is_append_only",
                        "audit_log_is_dated",
                        "redeem_coupon",
                        "commit_redemption",
                        "give_back_redemption",
                        "expire_redemptions",
                        "coupon_discount",
                    ]
            )
                migrationBuilder.Sql($"DROP FUNCTION {function} CASCADE");

            migrationBuilder.DropTable(name: "event_pictures");

            migrationBuilder.DropTable(name: "audit_log");

            migrationBuilder.DropTable(name: "coupon_redemptions");

            migrationBuilder.DropTable(name: "inbox");

            migrationBuilder.DropTable(name: "invitations");

            migrationBuilder.DropTable(name: "outbox");

            migrationBuilder.DropTable(name: "seats");

            migrationBuilder.DropTable(name: "team_members");

            migrationBuilder.DropTable(name: "ticket_types");

            migrationBuilder.DropTable(name: "coupons");

            migrationBuilder.DropTable(name: "pools");

            migrationBuilder.DropTable(name: "sections");

            migrationBuilder.DropTable(name: "sessions");

            migrationBuilder.DropTable(name: "events");

            migrationBuilder.DropTable(name: "seat_maps");

            migrationBuilder.DropTable(name: "venues");

            migrationBuilder.DropTable(name: "organizers");
        }
    }
}
