namespace Ticketing.Charts.Tests;

internal delegate IEnumerable<string> Rule(Installation installation);

/// <summary>All rules by name.</summary>
internal static class Rules
{
    public static IReadOnlyDictionary<string, Rule> All { get; } =
        new[]
        {
            typeof(DaprRules),
            typeof(ReferenceRules),
            typeof(WorkloadRules),
            typeof(NetworkRules),
            typeof(CapacityRules),
            typeof(ObservabilityRules),
        }
            .SelectMany(t => t.GetMethods())
            .Where(m => m is { IsPublic: true, IsStatic: true })
            .ToDictionary(m => m.Name, m => m.CreateDelegate<Rule>());
}
