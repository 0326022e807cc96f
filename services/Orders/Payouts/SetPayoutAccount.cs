using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Payouts;

/// <summary>Where the organizer's money goes.</summary>
public static class SetPayoutAccount
{
    /// <param name="Holder">Whose account it is, as the bank has it.</param>
    /// <param name="TaxId">Of the holder: a CPF or a CNPJ, with or without punctuation.</param>
    /// <param name="PixKey">For reais: a CPF, a CNPJ, an e-mail address, a phone number as +5511987654321, or a random key.</param>
    /// <param name="Iban">For other currencies (ISO 13616).</param>
    public sealed record Request(
        [property: Required, StringLength(PayoutAccount.MaxHolder, MinimumLength = 1)] string Holder,
        [property: Required, StringLength(PayoutAccount.MaxTaxId, MinimumLength = 1)] string TaxId,
        [property: StringLength(PayoutAccount.MaxPixKey)] string? PixKey = null,
        [property: StringLength(PayoutAccount.MaxWrittenIban)] string? Iban = null
    );

    /// <summary>Names the account that payouts go to, instead of the one before.</summary>
    /// <remarks>
    /// For the organizer's owner. It is used after the configured days, and until then no payout is made: time to notice a change that
    /// nobody wanted. Payouts that were made before go where they went. The same again changes nothing.
    /// </remarks>
    /// <param name="organizerId">Your organizer.</param>
    /// <response code="403">You are of its team, but not its owner.</response>
    /// <response code="404">No such organizer of yours.</response>
    internal static async Task<Ok<PayoutAccountView>> Handle(
        Guid organizerId,
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        OrdersDb db,
        NpgsqlDataSource source,
        Peers peers,
        CancellationToken ct
    )
    {
        var person = user.UserId();
        var role = await db.Set<TeamMember>()
            .Where(m => m.OrganizerId == organizerId && m.UserId == person)
            .Select(m => m.Role)
            .FirstOrDefaultAsync(ct);
        if (role is null)
            throw ProblemException.NotFound("organizer");
        if (role is not TeamRole.Owner)
            throw ProblemException.Forbidden("Only the owner may do that.");
        var team = await MoneyTeam.FindAsync(source, organizerId, ct);
        var before = (await GetBalance.AskAsync(peers, organizerId, ct)).Account;
        var account = await peers.PutAsync<PayoutAccountView>(
            AppIds.Payments,
            $"internal/organizers/{organizerId}/payout-account",
            new PayoutAccount(request.Holder, request.TaxId, request.PixKey, request.Iban, person),
            ct
        );
        var isChanged = account.ChangedAt != before?.ChangedAt;
        if (isChanged)
            db.Record(actor.Did("payout-account.changed", organizerId, organizerId));
        // Also when it is named again while it waits: the first time may have ended before it was told.
        if (isChanged || account.UsableFrom > actor.At)
        {
            var change = ChangeOf(organizerId, account);
            db.Publish(new PayoutAccountChanged(organizerId, change, person, account, team, account.ChangedAt));
        }
        await db.SaveChangesAsync(CancellationToken.None);
        return TypedResults.Ok(account);
    }

    /// <summary>The same for the same change: whoever is told of it again gets no other mail.</summary>
    private static Guid ChangeOf(Guid organizerId, PayoutAccountView account) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{organizerId} {account.ChangedAt.UtcTicks}")).AsSpan(0, 16));
}
