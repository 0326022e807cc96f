using System.Text.Json.Serialization;

namespace Ticketing.Contracts;

/// <summary>An amount in the currency's minor unit (R$ 150,00 is 15000 BRL).</summary>
/// <param name="Amount">Minor units; never negative in a price.</param>
/// <param name="Currency">ISO 4217 code, upper case.</param>
// Without the attribute JSON would make a struct from nothing: an amount left out would be 0.
[method: JsonConstructor]
public readonly record struct Money(long Amount, string Currency);
