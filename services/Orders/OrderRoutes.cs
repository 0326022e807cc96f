using Ticketing.Contracts;
using Ticketing.Orders.Delivering;
using Ticketing.Orders.Disputing;
using Ticketing.Orders.Ending;
using Ticketing.Orders.Erasing;
using Ticketing.Orders.Paying;
using Ticketing.Orders.Payouts;
using Ticketing.Orders.Placing;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Refunding;
using Ticketing.Orders.Rescheduling;
using Ticketing.Orders.Sales;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders;

internal static class OrderRoutes
{
    private const string Orders = "/api/v1/orders";

    public static string LocationOf(Guid orderId) => $"{Orders}/{orderId}";

    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup(Orders).WithTags("Orders");
        orders
            .MapPost("/", PlaceOrder.Handle)
            .Rehearsed(
                $$"""
                { "holdId": "{{Guid.Empty}}", "buyer": { "name": "Ninguém", "email": "nobody@example.com" },
                  "payment": { "method": "pix" } }
                """
            )
            .WithName("PlaceOrder")
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesValidationProblem(422)
            .ProducesProblem(503);
        orders.MapGet("/{id:guid}", GetOrder.Handle).Rehearsed().WithName("GetOrder").ProducesProblem(404);
        orders
            .MapGet("/", ListOrders.OfEvent)
            .WithName("ListEventOrders")
            .ProducesProblem(404)
            .ProducesProblem(422)
            .ProducesProblem(503);
        orders.MapGet("/sales", ListSales.Handle).WithName("ListSales").ProducesProblem(404);
        orders
            .MapGet("/statements", ListStatements.Handle)
            .WithName("ListStatements")
            .ProducesProblem(404)
            .ProducesProblem(503);
        orders
            .MapGet("/statements/pdf", GetStatementPdf.Handle)
            .WithName("GetStatementPdf")
            .Produces(200, contentType: "application/pdf")
            .ProducesProblem(404)
            .ProducesProblem(503);
        orders.MapGet("/balance", GetBalance.Handle).WithName("GetBalance").ProducesProblem(404).ProducesProblem(503);
        orders
            .MapGet("/payouts", ListPayouts.Handle)
            .WithName("ListOrganizerPayouts")
            .ProducesProblem(404)
            .ProducesProblem(503);
        orders
            .MapPut("/payout-account", SetPayoutAccount.Handle)
            .WithName("SetPayoutAccount")
            .ProducesProblem(403)
            .ProducesProblem(404)
            .ProducesValidationProblem(422)
            .ProducesProblem(503);
        orders.MapGet("/refund-policy", RefundPolicies.Get).WithName("GetRefundPolicy").ProducesProblem(404);
        orders
            .MapPut("/refund-policy", RefundPolicies.Set)
            .WithName("SetRefundPolicy")
            .ProducesProblem(403)
            .ProducesProblem(404);
        orders
            .MapPost("/{id:guid}/payments", RetryPayment.Handle)
            .WithName("RetryPayment")
            .WithIdempotency()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesValidationProblem(422);
        orders
            .MapPost("/{id:guid}/cancel", CancelOrder.Handle)
            .WithName("CancelOrder")
            .ProducesProblem(404)
            .ProducesProblem(409);
        orders
            .MapPost("/{id:guid}/refunds", RequestRefund.Handle)
            .WithName("RequestRefund")
            .WithIdempotency()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesValidationProblem(422);
        orders
            .MapPost("/{id:guid}/mails", MailAgain.Handle)
            .WithName("MailOrderAgain")
            .WithIdempotency()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesProblem(429)
            .ProducesProblem(503);
        orders
            .MapGet("/{id:guid}/disputes", ListDisputes.Handle)
            .WithName("ListOrderDisputes")
            .ProducesProblem(404)
            .ProducesProblem(503);
        orders
            .MapPost("/{id:guid}/disputes/{disputeId:guid}/evidence", AnswerDispute.Handle)
            .WithName("AnswerDispute")
            .WithIdempotency()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesValidationProblem()
            .ProducesProblem(503);
        routes.MapGet("/api/v1/me/orders", ListOrders.Mine).Rehearsed().WithTags("Orders").WithName("ListMyOrders");

        routes.MapInternal().MapGet("/exports/{id:guid}", ExportPerson.Handle);
        routes.MapEvent<PaymentSettled>(OnPaymentSettled.Handle);
        routes.MapEvent<PaymentFailed>(OnPaymentFailed.Handle);
        routes.MapEvent<PaymentDisputed>(OnPaymentDisputed.Handle);
        routes.MapEvent<PaymentDisputeWon>(OnPaymentDisputeWon.Handle);
        routes.MapEvent<PaymentDisputeLost>(OnPaymentDisputeLost.Handle);
        routes.MapEvent<PaymentRefunded>(OnPaymentRefunded.Handle);
        routes.MapEvent<OrdersDb, EventCancelled>(OnEventCancelled.Handle);
        routes.MapEvent<EventChanged>(OnEventChanged.Handle);
        routes.MapEvent<OrdersDb, UserErased>(Erasure.Handle);
        routes.MapEvent<OrdersDb, OrganizerConsentChanged>(OrganizerConsent.Handle);
        routes.MapTeamMembers<OrdersDb>();
    }
}
