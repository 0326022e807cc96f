using Ticketing.Sandbox.Faults;

namespace Ticketing.Sandbox.Stripe;

/// <summary>
/// The card processor Stripe's API, as far as a shop needs it. Beside the public paths, as it is spoken between companies.
/// </summary>
internal static class StripeRoutes
{
    public const string Base = "/stripe";

    public static void UseStripe(this WebApplication app) =>
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments(Base),
            branch => branch.UseMiddleware<StripeErrors>().UseMiddleware<FaultyApi>((Func<Exception>)Unavailable)
        );

    private static StripeApiException Unavailable() => new(503, "api_error", "The service is not available.");

    public static void MapStripe(this IEndpointRouteBuilder routes)
    {
        // The key is looked at in StripeErrors: what it refuses is refused in this API's words.
        var api = routes.MapGroup(Base + "/v1").AllowAnonymous().ExcludeFromDescription();
        api.MapPost("/payment_intents", CreatePaymentIntent.Handle);
        api.MapGet("/payment_intents/search", GetPaymentIntent.Search);
        api.MapGet("/payment_intents/{id}", GetPaymentIntent.Handle);
        api.MapPost("/payment_intents/{id}/cancel", CancelPaymentIntent.Handle);
        api.MapGet("/charges", Charges.List);
        api.MapPost("/refunds", CreateRefund.Handle);
        api.MapGet("/refunds", ListRefunds.Handle);
        api.MapGet("/disputes", Disputes.List);
        api.MapPost("/disputes/{id}", Disputes.Update);
    }
}
