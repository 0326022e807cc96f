using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Ticketing.Sandbox.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "card_charges",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    idempotency_key = table.Column<string>(
                        type: "character varying(200)",
                        maxLength: 200,
                        nullable: false
                    ),
                    token = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    reference = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    brand = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    last4 = table.Column<string>(type: "character varying(4)", maxLength: 4, nullable: false),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    failure_reason = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    created_at = table.Column<DateTimeOffset>(
                        type: "timestamp with time zone",
                        nullable: false,
                        defaultValueSql: "now()"
                    ),
                    settles_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    settled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    disputed = table.Column<bool>(type: "boolean", nullable: false, defaultValue: false),
                    dispute_status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    disputed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    evidence = table.Column<string>(type: "character varying(20000)", maxLength: 20000, nullable: true),
                    refunded = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_card_charges", x => x.id);
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
                name: "pix_charges",
                columns: table => new
                {
                    tx_id = table.Column<string>(type: "character varying(35)", maxLength: 35, nullable: false),
                    key = table.Column<string>(type: "character varying(77)", maxLength: 77, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    created_at = table.Column<DateTimeOffset>(
                        type: "timestamp with time zone",
                        nullable: false,
                        defaultValueSql: "now()"
                    ),
                    lifetime = table.Column<int>(type: "integer", nullable: false),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pix_charges", x => x.tx_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "pix_received",
                columns: table => new
                {
                    end_to_end_id = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    tx_id = table.Column<string>(type: "character varying(35)", maxLength: 35, nullable: false),
                    key = table.Column<string>(type: "character varying(77)", maxLength: 77, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    paid_at = table.Column<DateTimeOffset>(
                        type: "timestamp with time zone",
                        nullable: false,
                        defaultValueSql: "now()"
                    ),
                    disputed = table.Column<bool>(type: "boolean", nullable: false, defaultValue: false),
                    refunded = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pix_received", x => x.end_to_end_id);
                }
            );

            migrationBuilder.CreateTable(
                name: "pix_webhooks",
                columns: table => new
                {
                    key = table.Column<string>(type: "character varying(77)", maxLength: 77, nullable: false),
                    url = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pix_webhooks", x => x.key);
                }
            );

            migrationBuilder.CreateTable(
                name: "refunds",
                columns: table => new
                {
                    charge = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    created_at = table.Column<DateTimeOffset>(
                        type: "timestamp with time zone",
                        nullable: false,
                        defaultValueSql: "now()"
                    ),
                    completes_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    nature = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    reference = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_refunds", x => new { x.charge, x.id });
                }
            );

            migrationBuilder.CreateTable(
                name: "webhooks",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    payload = table.Column<string>(type: "text", nullable: false),
                    pix_key = table.Column<string>(type: "character varying(77)", maxLength: 77, nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    created_at = table.Column<DateTimeOffset>(
                        type: "timestamp with time zone",
                        nullable: false,
                        defaultValueSql: "now()"
                    ),
                    next_attempt_at = table.Column<DateTimeOffset>(
                        type: "timestamp with time zone",
                        nullable: false,
                        defaultValueSql: "now()"
                    ),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhooks", x => x.id);
                }
            );

            migrationBuilder.CreateIndex(
                name: "ix_card_charges_created_at",
                table: "card_charges",
                column: "created_at"
            );

            migrationBuilder.CreateIndex(
                name: "ix_card_charges_idempotency_key",
                table: "card_charges",
                column: "idempotency_key",
                unique: true
            );

            migrationBuilder.CreateIndex(name: "ix_card_charges_reference", table: "card_charges", column: "reference");

            migrationBuilder.CreateIndex(
                name: "ix_card_charges_settles_at",
                table: "card_charges",
                column: "settles_at",
                filter: "settles_at IS NOT NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_inbox_processed_at", table: "inbox", column: "processed_at");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_type_next_try_at",
                table: "outbox",
                columns: new[] { "type", "next_try_at" }
            );

            migrationBuilder.CreateIndex(name: "ix_pix_charges_created_at", table: "pix_charges", column: "created_at");

            migrationBuilder.CreateIndex(name: "ix_pix_received_paid_at", table: "pix_received", column: "paid_at");

            migrationBuilder.CreateIndex(name: "ix_pix_received_tx_id", table: "pix_received", column: "tx_id");

            migrationBuilder.CreateIndex(
                name: "ix_refunds_completes_at",
                table: "refunds",
                column: "completes_at",
                filter: "status = 'Pending'"
            );

            migrationBuilder.CreateIndex(name: "ix_refunds_created_at", table: "refunds", column: "created_at");

            migrationBuilder.CreateIndex(name: "ix_webhooks_created_at", table: "webhooks", column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_webhooks_next_attempt_at",
                table: "webhooks",
                column: "next_attempt_at"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "card_charges");

            migrationBuilder.DropTable(name: "inbox");

            migrationBuilder.DropTable(name: "outbox");

            migrationBuilder.DropTable(name: "pix_charges");

            migrationBuilder.DropTable(name: "pix_received");

            migrationBuilder.DropTable(name: "pix_webhooks");

            migrationBuilder.DropTable(name: "refunds");

            migrationBuilder.DropTable(name: "webhooks");
        }
    }
}
