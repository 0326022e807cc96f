using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

internal static class HoldRoutes
{
    public static void MapHolds(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapInternal();
        api.MapPut("/holds/{orderId:guid}", TakeHold.Handle);
        api.MapPost("/holds/{orderId:guid}/commit", CommitHold.Handle);
        api.MapPost("/holds/{orderId:guid}/release", ReleaseHold.Handle);
        api.MapPost("/holds/{orderId:guid}/returns", ReturnSome.Handle);
        api.MapPost("/holds/{orderId:guid}/void", VoidHold.Handle);
    }
}
