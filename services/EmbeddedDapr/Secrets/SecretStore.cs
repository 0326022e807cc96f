using System.Collections;
using System.Text.Json;
using Ticketing.EmbeddedDapr.Components;

namespace Ticketing.EmbeddedDapr.Secrets;

/// <summary>A secret store: read when asked, so that an edited file counts at once.</summary>
internal abstract class SecretStore
{
    public static SecretStore Open(Component component, string dataDirectory) =>
        component.Type switch
        {
            "secretstores.local.file" => new FileSecrets(component, dataDirectory),
            "secretstores.local.env" => new EnvironmentSecrets(component.Text("prefix") ?? ""),
            _ => throw ComponentSet<SecretStore>.UnknownType(component),
        };

    public abstract IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> All();

    /// <summary>The secret's values by key, or null.</summary>
    public IReadOnlyDictionary<string, string>? Get(string name) => All().GetValueOrDefault(name);
}

/// <summary><c>secretstores.local.file</c>: JSON, nested keys joined by a separator unless multi-valued.</summary>
internal sealed class FileSecrets(Component component, string dataDirectory) : SecretStore
{
    private readonly string _file = Path.GetFullPath(component.Required("secretsFile"), dataDirectory);
    private readonly string _separator = component.Text("nestedSeparator") is { Length: > 0 } s ? s : ":";
    private readonly bool _multiValued = component.Flag("multiValued");

    public override IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> All()
    {
        var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        if (!File.Exists(_file))
        {
            return secrets;
        }
        using var document = JsonDocument.Parse(File.ReadAllBytes(_file));
        if (_multiValued)
        {
            foreach (var property in document.RootElement.EnumerateObject())
            {
                var values = new Dictionary<string, string>();
                Flatten(property.Value, property.Value.ValueKind == JsonValueKind.Object ? "" : property.Name, values);
                secrets[property.Name] = values;
            }
            return secrets;
        }
        var flat = new Dictionary<string, string>();
        Flatten(document.RootElement, "", flat);
        foreach (var (name, value) in flat)
        {
            secrets[name] = new Dictionary<string, string> { [name] = value };
        }
        return secrets;
    }

    private void Flatten(JsonElement element, string path, Dictionary<string, string> into)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Flatten(property.Value, Join(path, property.Name), into);
                }
                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in element.EnumerateArray().Index())
                {
                    Flatten(item, Join(path, index.ToString(System.Globalization.CultureInfo.InvariantCulture)), into);
                }
                break;
            case JsonValueKind.Null:
                break;
            default:
                into[path] = element.ToString();
                break;
        }
    }

    private string Join(string path, string name) => path.Length == 0 ? name : path + _separator + name;
}

/// <summary><c>secretstores.local.env</c>: the environment's variables of a prefix; Dapr's own tokens stay hidden.</summary>
internal sealed class EnvironmentSecrets(string prefix) : SecretStore
{
    public override IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> All()
    {
        var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name.StartsWith(prefix, StringComparison.Ordinal) && name is not ("APP_API_TOKEN" or "DAPR_API_TOKEN"))
            {
                name = name[prefix.Length..];
                secrets[name] = new Dictionary<string, string> { [name] = (string?)variable.Value ?? "" };
            }
        }
        return secrets;
    }
}
