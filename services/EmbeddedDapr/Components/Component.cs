using System.Globalization;

namespace Ticketing.EmbeddedDapr.Components;

/// <summary>A Dapr component (v1alpha1) with its secrets already put in.</summary>
internal sealed record Component(
    string Name,
    string Type,
    string Version,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<string> Scopes
)
{
    public bool VisibleTo(string appId) => Scopes.Count == 0 || Scopes.Contains(appId);

    public string? Text(string name) => Metadata.GetValueOrDefault(name);

    public string Required(string name) =>
        Text(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"Component '{Name}' needs the metadata '{name}'.");

    public int Number(string name, int otherwise) =>
        Text(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new InvalidOperationException($"Component '{Name}': '{name}' must be a whole number above 0.");

    public bool Flag(string name) => IsTrue(Text(name));

    public TimeSpan Duration(string name, TimeSpan otherwise) =>
        Text(name) is { } text ? GoDuration.Parse(text) : otherwise;

    public static bool IsTrue(string? text) => text?.ToLowerInvariant() is "true" or "1" or "y" or "yes" or "on" or "t";
}
