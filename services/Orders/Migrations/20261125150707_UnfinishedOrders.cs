using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Ticketing.Orders.Migrations
{
    /// <inheritdoc />
    public partial class UnfinishedOrders : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_orders_unfinished",
                table: "orders",
                column: "expires_at",
                filter: "status IN ('Pending', 'AwaitingPayment', 'Paid')"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(name: "ix_orders_unfinished", table: "orders");
        }
    }
}
