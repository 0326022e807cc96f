using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

/// <summary>The payer's taxpayer number.</summary>
internal static class Cpf
{
    /// <summary>The eleven digits, or null when it is none; takes "529.982.247-25" and "52998224725".</summary>
    public static string? Normalize(string text)
    {
        var digits = text.Replace(".", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).Trim();
        return CpfDigits.AreValid(digits) ? digits : null;
    }
}
