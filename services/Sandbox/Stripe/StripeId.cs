namespace Ticketing.Sandbox.Stripe;

/// <summary>An id as Stripe writes it: a prefix that tells what it is of, and the charge's own.</summary>
internal static class StripeId
{
    /// <param name="noun">What a wrong id is not of.</param>
    /// <param name="param">The parameter that names it; null: the path does.</param>
    public static Guid Parse(string prefix, string noun, string id, string? param = null) =>
        id.StartsWith(prefix, StringComparison.Ordinal) && Guid.TryParseExact(id[prefix.Length..], "N", out var charge)
            ? charge
            : throw StripeApiException.NoSuch(noun, id, param);
}
