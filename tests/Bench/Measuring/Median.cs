namespace Ticketing.Bench.Measuring;

internal static class Median
{
    /// <summary>Of what is known; the lower one of two in the middle.</summary>
    public static double? Of(IEnumerable<double?> figures)
    {
        var known = figures.Where(f => f is not null).Order().ToList();
        return known.Count == 0 ? null : known[(known.Count - 1) / 2];
    }
}
