namespace Ticketing.Sandbox.Cards;

internal enum CardOutcome
{
    Approve,
    Decline,
    InsufficientFunds,
    Challenge,
    SettleLate,
}

/// <summary>What a token stands for.</summary>
internal sealed record TestCard(CardOutcome Outcome, string Brand, string Last4);

internal static class TestCards
{
    /// <summary>The only numbers that the sandbox takes, so that nobody types a real one into it.</summary>
    public static TestCard? ByNumber(string number) =>
        number switch
        {
            "4242424242424242" => new(CardOutcome.Approve, "visa", "4242"),
            "5555555555554444" => new(CardOutcome.Approve, "mastercard", "4444"),
            "4000000000000002" => new(CardOutcome.Decline, "visa", "0002"),
            "4000000000009995" => new(CardOutcome.InsufficientFunds, "visa", "9995"),
            "4000000000003220" => new(CardOutcome.Challenge, "visa", "3220"),
            "4000000000000077" => new(CardOutcome.SettleLate, "visa", "0077"),
            _ => null,
        };

    public static TestCard? ByLast4(string last4) =>
        last4 switch
        {
            "4242" => ByNumber("4242424242424242"),
            "4444" => ByNumber("5555555555554444"),
            "0002" => ByNumber("4000000000000002"),
            "9995" => ByNumber("4000000000009995"),
            "3220" => ByNumber("4000000000003220"),
            "0077" => ByNumber("4000000000000077"),
            _ => null,
        };

    /// <summary>Tokens that need no tokenization; Stripe's own test cards among them.</summary>
    public static TestCard? ByToken(string token) =>
        token switch
        {
            "tok_approve" or "tok_visa" or "pm_card_visa" => ByNumber("4242424242424242"),
            "tok_mastercard" or "pm_card_mastercard" => ByNumber("5555555555554444"),
            "tok_decline" or "tok_visa_chargeDeclined" or "pm_card_visa_chargeDeclined" => ByNumber("4000000000000002"),
            "tok_insufficient_funds"
            or "tok_visa_chargeDeclinedInsufficientFunds"
            or "pm_card_visa_chargeDeclinedInsufficientFunds" => ByNumber("4000000000009995"),
            "tok_3ds" or "tok_threeDSecure2Required" or "pm_card_threeDSecure2Required" => ByNumber("4000000000003220"),
            "tok_settle_late" => ByNumber("4000000000000077"),
            _ => null,
        };

    /// <summary>The check digit of card numbers (ISO/IEC 7812-1).</summary>
    public static bool IsLuhn(string number)
    {
        var sum = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var digit = number[number.Length - 1 - i] - '0';
            var weighted = i % 2 == 0 ? digit : digit * 2;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }
        return sum % 10 == 0;
    }
}
