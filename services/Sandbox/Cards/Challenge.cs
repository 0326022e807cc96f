using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Sandbox.Stripe;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Cards;

/// <summary>3-D Secure: the card issuer's page, where the buyer proves to be the card's owner.</summary>
internal static class Challenge
{
    /// <summary>The issuer's page, with a button to approve and one to fail.</summary>
    /// <response code="200">HTML.</response>
    public static async Task<ContentHttpResult> Show(Guid id, NpgsqlDataSource source, CancellationToken ct) =>
        TypedResults.Content(Page(await CardCharge.Table.GetAsync(source, id, ct)), "text/html; charset=utf-8");

    /// <summary>The buyer authenticates: the charge settles. No key is needed.</summary>
    /// <remarks>
    /// API clients get the charge; a browser (<c>Accept: text/html</c>) is sent back to the page. Repeats answer the
    /// same. 409 <c>charge-not-open</c>: it ended otherwise.
    /// </remarks>
    public static Task<Results<Ok<CardChargeResponse>, RedirectHttpResult>> Approve(
        Guid id,
        HttpRequest request,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        IOptions<PublicOptions> site,
        CancellationToken ct
    ) =>
        EndAsync(
            id,
            CardStatus.Settled,
            CardCharge.Settle,
            StripeEvents.Succeeded,
            request,
            source,
            webhooks,
            site.Value,
            ct
        );

    /// <summary>The buyer fails to authenticate: the charge fails. No key is needed.</summary>
    /// <remarks>
    /// API clients get the charge; a browser (<c>Accept: text/html</c>) is sent back to the page. Repeats answer the
    /// same. 409 <c>charge-not-open</c>: it ended otherwise.
    /// </remarks>
    public static Task<Results<Ok<CardChargeResponse>, RedirectHttpResult>> Fail(
        Guid id,
        HttpRequest request,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        IOptions<PublicOptions> site,
        CancellationToken ct
    ) =>
        EndAsync(
            id,
            CardStatus.Failed,
            "status = 'Failed', failure_reason = 'authentication-failed'",
            StripeEvents.Failed,
            request,
            source,
            webhooks,
            site.Value,
            ct
        );

    private static async Task<Results<Ok<CardChargeResponse>, RedirectHttpResult>> EndAsync(
        Guid id,
        CardStatus wanted,
        string end,
        string webhook,
        HttpRequest request,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        PublicOptions site,
        CancellationToken ct
    )
    {
        var browser = request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        var (ended, charge) = await CardCharge.Table.MoveAsync(
            source,
            id,
            end,
            from: "status = 'RequiresAction'",
            StripeEvents.OfCharges("moved", webhook),
            ct
        );
        if (ended)
            webhooks.Pulse();
        if (browser)
            return TypedResults.LocalRedirect($"~/sandbox/3ds/{id}");
        if (charge.Status != wanted)
            throw ProblemException.Conflict("charge-not-open", $"The charge is {charge.Status}.");
        return TypedResults.Ok(charge.Describe(site));
    }

    private static string Page(CardCharge charge)
    {
        var amount = Formats.Of(Locales.English).Money(new(charge.Amount, charge.Currency));
        var body = charge.Status switch
        {
            CardStatus.RequiresAction => $"""
                <p>Approve {amount} on the card ending in {charge.Last4}?</p>
                <form method="post" action="/sandbox/3ds/{charge.Id}/approve"><button>Approve</button></form>
                <form method="post" action="/sandbox/3ds/{charge.Id}/fail"><button>Fail</button></form>
                """,
            CardStatus.Settled => "<p>Approved. You may close this page.</p>",
            CardStatus.Failed => "<p>Not approved. You may close this page.</p>",
            _ => "<p>There is nothing to approve any more.</p>",
        };
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Sandbox bank: 3-D Secure</title>
            </head>
            <body>
            <h1>Sandbox bank</h1>
            {body}
            </body>
            </html>

            """;
    }
}
