namespace Ticketing.Sandbox;

internal static class Limits
{
    /// <summary>Minor units: one million of the currency's major unit.</summary>
    public const long MaxAmount = 100_000_000;
    public const int MaxKey = 200;
    public const int MaxText = 2000;
}
