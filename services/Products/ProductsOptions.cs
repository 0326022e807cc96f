using System.ComponentModel.DataAnnotations;

namespace Ticketing.Products;

/// <summary>Section <c>Products</c>.</summary>
public sealed class ProductsOptions
{
    /// <summary>How often lapsed holds give their stock back, in seconds.</summary>
    [Range(0.05, 300)]
    public double SweepSeconds { get; set; } = 5;
}
