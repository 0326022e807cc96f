using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Payouts;

internal static class SetAccount
{
    public static async Task<Ok<PayoutAccountView>> Handle(
        Guid organizerId,
        PayoutAccount request,
        OrganizerAccounts accounts,
        IOptions<PaymentsOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var details = AccountRules.Read(request);
        if (await accounts.FindAsync(organizerId, ct) is { } current && current.Details == details)
            return TypedResults.Ok(current.View);
        var now = clock.GetUtcNow().ToStored();
        var usableFrom = now.AddDays(options.Value.Payouts.AccountHoldDays);
        await accounts.AddAsync(organizerId, details, request.ChangedBy, now, usableFrom, ct);
        return TypedResults.Ok(details.View(now, usableFrom));
    }
}
