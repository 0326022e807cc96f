using Microsoft.AspNetCore.Builder;
using Ticketing.Contracts;

namespace Ticketing.Local.Hosting;

/// <param name="HasDatabase">Owns the database of its own name.</param>
internal sealed record LocalService(string AppId, Func<string[], WebApplication> Build, bool HasDatabase = true);

internal static class ServiceCatalog
{
    /// <summary>Database and process of the embedded Dapr runtime.</summary>
    public const string Dapr = "dapr";

    /// <summary>Started in this order; the Gateway last, so that nobody comes in before the others are there.</summary>
    public static readonly IReadOnlyList<LocalService> All =
    [
        new(AppIds.Users, Users.UsersService.Build),
        new(AppIds.Events, Events.EventsService.Build),
        new(AppIds.Tickets, Tickets.TicketsService.Build),
        new(AppIds.Products, Products.ProductsService.Build),
        new(AppIds.Orders, Orders.OrdersService.Build),
        new(AppIds.Payments, Payments.PaymentsService.Build),
        new(AppIds.Notifications, Notifications.NotificationsService.Build),
        new(AppIds.Sandbox, Sandbox.SandboxService.Build),
        new(AppIds.Web, Web.WebService.Build, HasDatabase: false),
        new(AppIds.Gateway, Gateway.GatewayService.Build, HasDatabase: false),
    ];

    public static LocalService Find(string appId) =>
        All.FirstOrDefault(s => s.AppId == appId) ?? throw new LocalException($"There is no service {appId}.");
}
