using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ticketing.Sandbox.Faults;

internal static class FaultRoutes
{
    private const int MaxSeconds = 3600;
    private const int MaxDelaySeconds = 60;

    /// <param name="Api">How the bank and the card processor answer the merchant.</param>
    /// <param name="Webhooks">What becomes of what they tell it.</param>
    /// <param name="Seconds">How long; then all is normal again.</param>
    /// <param name="DelaySeconds">Of a slow one: how late it answers.</param>
    public sealed record Request(
        ApiFault Api = ApiFault.Normal,
        WebhookFault Webhooks = WebhookFault.Normal,
        [property: Range(1, MaxSeconds)] int Seconds = 60,
        [property: Range(1, MaxDelaySeconds)] int DelaySeconds = 10
    );

    public static void MapFaults(this IEndpointRouteBuilder routes)
    {
        var bank = routes.MapGroup("/sandbox/faults").WithTags("Sandbox: Faults").AllowAnonymous();
        bank.MapGet("/", Get).WithName("GetFaults");
        bank.MapPut("/", Put).WithName("SetFaults").ProducesValidationProblem();
    }

    /// <summary>What is wrong with the test bank just now.</summary>
    public static Ok<Fault> Get(FaultSwitch faults) => TypedResults.Ok(faults.Now);

    /// <summary>Disturbs the test bank and its card processor for a while, to see what a shop makes of it.</summary>
    /// <remarks>
    /// The buttons of the payer (pay, dispute, 3-D Secure) go on working. An empty object ends it at once. Until the sandbox is
    /// started anew, and for all who use it.
    /// </remarks>
    public static Ok<Fault> Put(Request request, FaultSwitch faults, TimeProvider clock, WebhookSignal webhooks)
    {
        var fault = faults.Set(
            new(request.Api, request.Webhooks, request.DelaySeconds, clock.GetUtcNow().AddSeconds(request.Seconds))
        );
        webhooks.Pulse();
        return TypedResults.Ok(fault);
    }
}
