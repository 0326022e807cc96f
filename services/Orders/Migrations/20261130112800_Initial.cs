using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Sales;

#nullable disable

namespace Ticketing.Orders.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "cancellations",
                columns: table => new
                {
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    up_to = table.Column<Guid>(
                        type: "uuid",
                        nullable: false,
                        defaultValue: new Guid("00000000-0000-0000-0000-000000000000")
                    ),
                    resume_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cancellations", x => x.subject_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "erased_people",
                columns: table => new { user_id = table.Column<Guid>(type: "uuid", nullable: false) },
                constraints: table =>
                {
                    table.PrimaryKey("pk_erased_people", x => x.user_id);
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

            migrationBuilder
                .CreateTable(
                    name: "orders",
                    columns: table => new
                    {
                        id = table.Column<Guid>(type: "uuid", nullable: false),
                        fingerprint = table.Column<byte[]>(type: "bytea", nullable: false),
                        number = table.Column<string>(type: "character varying(8)", maxLength: 8, nullable: false),
                        buyer_id = table.Column<Guid>(type: "uuid", nullable: false),
                        organizer_id = table.Column<Guid>(type: "uuid", nullable: false),
                        event_id = table.Column<Guid>(type: "uuid", nullable: false),
                        session_id = table.Column<Guid>(type: "uuid", nullable: false),
                        status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                        locale = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                        buyer_name = table.Column<string>(
                            type: "character varying(120)",
                            maxLength: 120,
                            nullable: false
                        ),
                        buyer_key = table.Column<string>(
                            type: "character varying(200)",
                            maxLength: 200,
                            nullable: false
                        ),
                        buyer_email = table.Column<string>(
                            type: "character varying(254)",
                            maxLength: 254,
                            nullable: false
                        ),
                        buyer_cpf = table.Column<byte[]>(type: "bytea", nullable: true),
                        attendees = table.Column<string>(type: "jsonb", nullable: false),
                        event_title = table.Column<string>(type: "text", nullable: false),
                        venue_id = table.Column<Guid>(type: "uuid", nullable: true),
                        venue_name = table.Column<string>(type: "text", nullable: false),
                        venue_city = table.Column<string>(type: "text", nullable: false),
                        time_zone = table.Column<string>(type: "text", nullable: false),
                        starts_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                        rescheduled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                        lines = table.Column<string>(type: "jsonb", nullable: false),
                        ticket_count = table.Column<int>(type: "integer", nullable: false),
                        currency = table.Column<string>(
                            type: "character(3)",
                            fixedLength: true,
                            maxLength: 3,
                            nullable: false
                        ),
                        discount = table.Column<long>(type: "bigint", nullable: false),
                        total = table.Column<long>(type: "bigint", nullable: false),
                        coupon = table.Column<string>(type: "text", nullable: true),
                        placed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                        withdrawal_days = table.Column<int>(type: "integer", nullable: false),
                        withdrawal_ends_hours_before = table.Column<int>(type: "integer", nullable: false),
                        trace_parent = table.Column<string>(type: "text", nullable: true),
                        expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                        paid_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                        ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                        payment_attempt = table.Column<int>(type: "integer", nullable: true),
                        payment_method = table.Column<string>(
                            type: "character varying(20)",
                            maxLength: 20,
                            nullable: true
                        ),
                        card_token = table.Column<string>(type: "text", nullable: true),
                        payment_status = table.Column<string>(
                            type: "character varying(20)",
                            maxLength: 20,
                            nullable: true
                        ),
                        payment_id = table.Column<Guid>(type: "uuid", nullable: true),
                        payment_failure = table.Column<string>(
                            type: "character varying(200)",
                            maxLength: 200,
                            nullable: true
                        ),
                        pix_tx_id = table.Column<string>(type: "text", nullable: true),
                        pix_copy_paste = table.Column<string>(type: "text", nullable: true),
                        pix_expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                        card_brand = table.Column<string>(type: "text", nullable: true),
                        card_last4 = table.Column<string>(type: "text", nullable: true),
                        card_challenge_url = table.Column<string>(type: "text", nullable: true),
                        paid_by = table.Column<Guid>(type: "uuid", nullable: true),
                        tickets = table.Column<string>(type: "jsonb", nullable: false),
                        cancel_requested_at = table.Column<DateTimeOffset>(
                            type: "timestamp with time zone",
                            nullable: true
                        ),
                        cancel_reason = table.Column<string>(
                            type: "character varying(200)",
                            maxLength: 200,
                            nullable: true
                        ),
                        refund_requested_at = table.Column<DateTimeOffset>(
                            type: "timestamp with time zone",
                            nullable: true
                        ),
                        refund_reason = table.Column<string>(
                            type: "character varying(200)",
                            maxLength: 200,
                            nullable: true
                        ),
                        refund_even_if_used = table.Column<bool>(type: "boolean", nullable: false),
                        refund_even_if_transferred = table.Column<bool>(type: "boolean", nullable: false),
                        partial_refunds = table.Column<string>(type: "jsonb", nullable: false, defaultValueSql: "'[]'"),
                        mailed_again_at = table.Column<DateTimeOffset>(
                            type: "timestamp with time zone",
                            nullable: true
                        ),
                        mails_again = table.Column<int>(type: "integer", nullable: true),
                        disputed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                        dispute_status = table.Column<string>(
                            type: "character varying(10)",
                            maxLength: 10,
                            nullable: true
                        ),
                        drive_after = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                        forget_after = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    },
                    constraints: table =>
                    {
                        table.PrimaryKey("pk_orders", x => x.id);
                        table.CheckConstraint("ck_orders_money", "total >= 0 AND discount >= 0");
                    }
                )
                .Annotation("Npgsql:StorageParameter:fillfactor", 80);

            migrationBuilder.CreateTable(
                name: "organizer_consents",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    granted = table.Column<bool>(type: "boolean", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_organizer_consents", x => x.user_id);
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
                name: "refund_policies",
                columns: table => new
                {
                    organizer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    keeps_fee = table.Column<bool>(type: "boolean", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_refund_policies", x => x.organizer_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "sales_days",
                columns: table => new
                {
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    currency = table.Column<string>(
                        type: "character(3)",
                        fixedLength: true,
                        maxLength: 3,
                        nullable: false
                    ),
                    organizer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    orders = table.Column<int>(type: "integer", nullable: false),
                    tickets = table.Column<int>(type: "integer", nullable: false),
                    gross = table.Column<long>(type: "bigint", nullable: false),
                    refunded_orders = table.Column<int>(type: "integer", nullable: false),
                    refunded = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_sales_days",
                        x => new
                        {
                            x.event_id,
                            x.day,
                            x.currency,
                        }
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "sales_facts",
                columns: table => new
                {
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation(
                            "Npgsql:ValueGenerationStrategy",
                            NpgsqlValueGenerationStrategy.IdentityAlwaysColumn
                        ),
                    order_id = table.Column<Guid>(type: "uuid", nullable: false),
                    refund = table.Column<bool>(type: "boolean", nullable: false),
                    part = table.Column<bool>(type: "boolean", nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sales_facts", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "show_changes",
                columns: table => new
                {
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    event_title = table.Column<string>(type: "text", nullable: true),
                    venue_id = table.Column<Guid>(type: "uuid", nullable: true),
                    venue_name = table.Column<string>(type: "text", nullable: true),
                    venue_city = table.Column<string>(type: "text", nullable: true),
                    time_zone = table.Column<string>(type: "text", nullable: true),
                    starts_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    up_to = table.Column<Guid>(
                        type: "uuid",
                        nullable: false,
                        defaultValue: new Guid("00000000-0000-0000-0000-000000000000")
                    ),
                    resume_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_show_changes", x => x.subject_id);
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
                name: "disputes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    order_id = table.Column<Guid>(type: "uuid", nullable: false),
                    payment_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    currency = table.Column<string>(
                        type: "character(3)",
                        fixedLength: true,
                        maxLength: 3,
                        nullable: false
                    ),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    door = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_disputes", x => x.id);
                    table.ForeignKey(
                        name: "fk_disputes_orders_order_id",
                        column: x => x.order_id,
                        principalTable: "orders",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "settlements",
                columns: table => new
                {
                    payment_id = table.Column<Guid>(type: "uuid", nullable: false),
                    order_id = table.Column<Guid>(type: "uuid", nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    currency = table.Column<string>(
                        type: "character(3)",
                        fixedLength: true,
                        maxLength: 3,
                        nullable: false
                    ),
                    booked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    refunded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_settlements", x => x.payment_id);
                    table.ForeignKey(
                        name: "fk_settlements_orders_order_id",
                        column: x => x.order_id,
                        principalTable: "orders",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "ix_cancellations_resume_at",
                table: "cancellations",
                column: "resume_at",
                filter: "resume_at IS NOT NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_disputes_order_id", table: "disputes", column: "order_id");

            migrationBuilder.CreateIndex(name: "ix_inbox_processed_at", table: "inbox", column: "processed_at");

            migrationBuilder.CreateIndex(
                name: "ix_orders_buyer_id_id",
                table: "orders",
                columns: new[] { "buyer_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_orders_drive_after",
                table: "orders",
                column: "drive_after",
                filter: "drive_after IS NOT NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_orders_event_id_id",
                table: "orders",
                columns: new[] { "event_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_orders_forget_after",
                table: "orders",
                column: "forget_after",
                filter: "forget_after IS NOT NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_orders_number", table: "orders", column: "number", unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_orders_session_id_id",
                table: "orders",
                columns: new[] { "session_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_orders_unfinished",
                table: "orders",
                column: "expires_at",
                filter: "drive_after IS NOT NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_outbox_type_next_try_at",
                table: "outbox",
                columns: new[] { "type", "next_try_at" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_sales_days_organizer_id_day",
                table: "sales_days",
                columns: new[] { "organizer_id", "day" }
            );

            migrationBuilder.CreateIndex(name: "ix_settlements_order_id", table: "settlements", column: "order_id");

            migrationBuilder.CreateIndex(
                name: "ix_show_changes_resume_at",
                table: "show_changes",
                column: "resume_at",
                filter: "resume_at IS NOT NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_team_members_user_id", table: "team_members", column: "user_id");

            migrationBuilder.CreateSalesTriggers();
            migrationBuilder.CreateOrderKeys();
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropOrderKeys();
            migrationBuilder.DropSalesTriggers();

            migrationBuilder.DropTable(name: "cancellations");

            migrationBuilder.DropTable(name: "disputes");

            migrationBuilder.DropTable(name: "erased_people");

            migrationBuilder.DropTable(name: "inbox");

            migrationBuilder.DropTable(name: "organizer_consents");

            migrationBuilder.DropTable(name: "outbox");

            migrationBuilder.DropTable(name: "pull_cursors");

            migrationBuilder.DropTable(name: "refund_policies");

            migrationBuilder.DropTable(name: "sales_days");

            migrationBuilder.DropTable(name: "sales_facts");

            migrationBuilder.DropTable(name: "settlements");

            migrationBuilder.DropTable(name: "show_changes");

            migrationBuilder.DropTable(name: "team_members");

            migrationBuilder.DropTable(name: "orders");
        }
    }
}
