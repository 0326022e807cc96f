using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

internal static class DeliveryRoutes
{
    public static void MapDeliveries(this IEndpointRouteBuilder routes)
    {
        routes.MapEvent<NotificationsDb, OrderFulfilled>(OnOrderEvent.Fulfilled);
        routes.MapEvent<NotificationsDb, OrderExpired>(OnOrderEvent.Expired);
        routes.MapEvent<NotificationsDb, OrderCancelled>(OnOrderEvent.Cancelled);
        routes.MapEvent<NotificationsDb, OrderRefunded>(OnOrderEvent.Refunded);
        routes.MapEvent<NotificationsDb, UserErased>(OnUserErased.Handle);
        routes
            .MapGet("/api/v1/notifications", ListNotifications.Handle)
            .WithName("ListNotifications")
            .WithTags("Notifications")
            .ProducesProblem(403)
            .RequireAuthorization(Auth.Admin);
    }
}
