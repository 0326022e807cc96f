using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

/// <summary>What attributes cannot say about a product's fields.</summary>
internal static class ProductRules
{
    public static string Name(string name) =>
        string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl)
            ? throw ProblemException.Invalid("name", "Must be one line of text.")
            : name.Trim();

    public static long PriceAmount(Money price)
    {
        if (price.Currency != Product.Currency)
            throw ProblemException.Invalid("price.currency", "Only BRL is sold.");
        if (price.Amount is < 0 or > Product.MaxPriceAmount)
            throw ProblemException.Invalid("price.amount", $"From 0 to {Product.MaxPriceAmount} minor units.");
        return price.Amount;
    }
}
