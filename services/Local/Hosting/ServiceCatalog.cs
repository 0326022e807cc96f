using Microsoft.AspNetCore.Builder;
using Ticketing.Contracts;

namespace Ticketing.Local.Hosting;

/// <param name="HasDatabase">Owns the database of its own name.</param>
internal sealed record LocalService(string AppId, Func<string[], WebApplication> Build, bool HasDatabase = true);

/// <summary>One running copy of a service. The first is called as its service, the others orders-2, orders-3.</summary>
internal sealed record Replica(LocalService Service, int Number)
{
    public string Name => Number == 1 ? Service.AppId : $"{Service.AppId}-{Number}";
}

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

    /// <summary>All that run: of each service as many as asked for, or one.</summary>
    public static IReadOnlyList<Replica> Replicas(IReadOnlyDictionary<string, int> counts)
    {
        foreach (var (appId, count) in counts)
        {
            if (Find(appId).AppId == AppIds.Gateway && count > 1)
                throw new LocalException("There is one gateway: the public port is its own.");
        }
        return
        [
            .. All.SelectMany(s =>
                Enumerable.Range(1, counts.GetValueOrDefault(s.AppId, 1)).Select(number => new Replica(s, number))
            ),
        ];
    }

    public static LocalService Find(string appId) =>
        All.FirstOrDefault(s => s.AppId == appId) ?? throw new LocalException($"There is no service {appId}.");
}
