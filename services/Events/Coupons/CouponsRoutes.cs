using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Coupons;

internal static class CouponsRoutes
{
    public static void MapCoupons(this IEndpointRouteBuilder routes)
    {
        var ofEvent = routes.MapGroup("/api/v1/events/{id:guid}/coupons").WithTags("Coupons").ProducesProblem(404);
        ofEvent
            .MapPost("/", CreateCoupon.Handle)
            .WithName("CreateCoupon")
            .ProducesProblem(409)
            .ProducesProblem(422)
            .WithIdempotency();
        ofEvent.MapGet("/", ListCoupons.Handle).WithName("ListCoupons");
        ofEvent.MapPost("/quote", QuoteCoupon.Handle).WithName("QuoteCoupon").ProducesProblem(409).ProducesProblem(422);

        var coupons = routes.MapGroup("/api/v1/coupons/{id:guid}").WithTags("Coupons").ProducesProblem(404);
        coupons.MapGet("/", GetCoupon.Handle).WithName("GetCoupon");
        coupons.MapPatch("/", EditCoupon.Handle).WithName("EditCoupon").ProducesProblem(412).ProducesProblem(422);

        var redemptions = routes.MapInternal().MapGroup("/coupons/redemptions/{orderId:guid}");
        redemptions.MapPut("/", Redeem.Handle);
        redemptions.MapPost("/commit", CommitRedemption.Handle);
        redemptions.MapDelete("/", GiveBack.Handle);
    }
}
