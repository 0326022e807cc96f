using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

internal static class DeliveryRoutes
{
    public static void MapDeliveries(this IEndpointRouteBuilder routes)
    {
        // Each finds by its natural key that it was done: no inbox.
        routes.MapEvent<OrderFulfilled>(OnOrderEvent.Fulfilled);
        routes.MapEvent<OrderExpired>(OnOrderEvent.Expired);
        routes.MapEvent<OrderCancelled>(OnOrderEvent.Cancelled);
        routes.MapEvent<OrderRefunded>(OnOrderEvent.Refunded);
        routes.MapEvent<OrderPartiallyRefunded>(OnOrderEvent.PartiallyRefunded);
        routes.MapEvent<OrderRescheduled>(OnOrderEvent.Rescheduled);
        routes.MapEvent<TransferOffered>(OnTicketEvent.Offered);
        routes.MapEvent<TicketTransferred>(OnTicketEvent.Transferred);
        routes.MapEvent<TransferDeclined>(OnTicketEvent.Declined);
        routes.MapEvent<TransferExpired>(OnTicketEvent.Expired);
        routes.MapEvent<TransferWithdrawn>(OnTicketEvent.Withdrawn);
        routes.MapEvent<TicketRescheduled>(OnTicketEvent.Rescheduled);
        routes.MapEvent<TicketVoided>(OnTicketEvent.Voided);
        routes.MapEvent<TeamInvitationOffered>(OnTeamEvent.Invited);
        routes.MapEvent<OrderDisputed>(OnTeamEvent.Disputed);
        routes.MapEvent<PayoutAccountChanged>(OnTeamEvent.PayoutAccountChanged);
        routes.MapEvent<UserErased>(OnUserErased.Handle);
        routes.MapInternal().MapGet("/exports/{id:guid}", ExportPerson.Handle).Rehearsed();
        routes
            .MapGet("/api/v1/notifications", ListNotifications.Handle)
            .WithName("ListNotifications")
            .WithTags("Notifications")
            .ProducesProblem(403)
            .RequireAuthorization(Auth.Admin);
    }
}
