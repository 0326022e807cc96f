using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Cards;

internal static class CreateToken
{
    /// <param name="Number">A test number, digits only.</param>
    /// <param name="ExpMonth">1 to 12.</param>
    /// <param name="ExpYear">Four digits; not in the past.</param>
    /// <param name="Cvc">Three or four digits; any.</param>
    public sealed record Request(
        [property: Required, RegularExpression(@"^\d{12,19}$")] string Number,
        [property: Range(1, 12)] int ExpMonth,
        [property: Range(2000, 2100)] int ExpYear,
        [property: Required, RegularExpression(@"^\d{3,4}$")] string Cvc
    );

    /// <param name="Token">Give it as <c>cardToken</c> when ordering.</param>
    public sealed record Response(string Token, string Brand, string Last4, DateTimeOffset ExpiresAt);

    /// <summary>Turns a test card into a token, as the provider's form in the buyer's browser would. No key is needed.</summary>
    /// <remarks>
    /// 4242424242424242 and 5555555555554444 are approved, 4000000000000002 is declined, 4000000000009995 has
    /// insufficient funds, 4000000000003220 asks for 3-D Secure, 4000000000000077 settles late. Every other number is
    /// refused (422): never type a real card here.
    /// </remarks>
    public static Created<Response> Handle(Request request, TimeProvider clock)
    {
        if (!TestCards.IsLuhn(request.Number))
            throw ProblemException.Invalid("number", "The check digit is wrong.");
        var now = clock.GetUtcNow();
        if ((request.ExpYear, request.ExpMonth).CompareTo((now.Year, now.Month)) < 0)
            throw ProblemException.Invalid("expYear", "The card has expired.");
        var card =
            TestCards.ByNumber(request.Number)
            ?? throw ProblemException.Invalid("number", "Only the documented test numbers.");
        return TypedResults.Created(
            (string?)null,
            new Response(CardToken.Of(card, now), card.Brand, card.Last4, now + CardToken.Lifetime)
        );
    }
}
