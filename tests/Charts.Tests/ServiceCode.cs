using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>
/// What the services' sources say of themselves. Read as text, so that these tests build in seconds; the source style
/// is uniform enough, and what is read is asserted not to be empty.
/// </summary>
internal sealed partial class ServiceCode
{
    private static readonly string[] NotServices = ["EmbeddedDapr", "Local", "Shared"];

    private readonly Dictionary<string, string> sources;
    private readonly Dictionary<string, string> topics;
    private readonly Dictionary<string, string> appIds;
    private readonly Dictionary<string, string> secretNames;

    public static ServiceCode Read { get; } = new();

    private ServiceCode()
    {
        var services = Repository.PathOf("services");
        sources = Directory
            .GetDirectories(services)
            .Where(d => !NotServices.Contains(Path.GetFileName(d)))
            .ToDictionary(d => Path.GetFileName(d)!.ToLowerInvariant(), All);
        var contracts = All(Path.Combine(services, "Shared", "Contracts"));
        topics = EventRecord()
            .Matches(contracts)
            .ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value.Replace('.', '-'));
        appIds = Constants(contracts, "AppIds");
        secretNames = Constants(contracts, "SecretNames");
        ServiceDefaults = All(Path.Combine(services, "Shared", "ServiceDefaults"));
    }

    public string ServiceDefaults { get; }
    public IReadOnlySet<string> AppIds => appIds.Values.ToHashSet();
    public IReadOnlySet<string> Topics => topics.Values.ToHashSet();

    /// <summary>Services with this in their source.</summary>
    public IReadOnlySet<string> With(params string[] any) =>
        sources.Where(s => any.Any(a => s.Value.Contains(a, StringComparison.Ordinal))).Select(s => s.Key).ToHashSet();

    public IReadOnlySet<string> Publishes(string service) =>
        topics
            .Where(t =>
                sources[service].Contains($"new {t.Key}(", StringComparison.Ordinal)
                || sources[service].Contains($"{t.Key}.Type", StringComparison.Ordinal)
                || sources[service].Contains($"Task<{t.Key}>", StringComparison.Ordinal)
                // Shared code makes it.
                || t.Key == "ActRecorded" && sources[service].Contains(".Did(", StringComparison.Ordinal)
            )
            .Select(t => t.Value)
            .ToHashSet();

    public IReadOnlySet<string> SubscribesTo(string service) =>
        MapEvent()
            .Matches(sources[service])
            .Select(m => topics[m.Groups[1].Value])
            .Concat(
                sources[service].Contains("MapTeamMembers<", StringComparison.Ordinal)
                    ? [topics["TeamMemberChanged"]]
                    : []
            )
            .ToHashSet();

    public IReadOnlySet<string> SecretsOf(string service) =>
        SecretName()
            .Matches(sources[service])
            .Select(m => secretNames[m.Groups[1].Value])
            .Concat(
                sources[service].Contains("PersonalDataProtector", StringComparison.Ordinal)
                    ? [secretNames["PersonalDataKey"]]
                    : []
            )
            .ToHashSet();

    public IReadOnlySet<string> ActivitiesOf(string service) =>
        Activity().Matches(sources[service]).Select(m => m.Groups[1].Value).ToHashSet();

    /// <summary>Requests of one service to another by Dapr (Web's are to the public API); ids in the paths stand as "x"; what the Gateway passes on counts as a GET.</summary>
    public IEnumerable<(string Caller, string Callee, string Path, string Verb)> Requests()
    {
        foreach (var (caller, source) in sources)
        foreach (Match m in Request().Matches(string.Join('\n', SharedMethods(source).Prepend(source))))
            yield return (
                caller,
                appIds[m.Groups[3].Value],
                "/" + Concrete(m.Groups[4].Value).TrimStart('/'),
                VerbOf(m.Groups[1].Value, m.Groups[2].Value)
            );
        foreach (Match m in Route().Matches(sources["gateway"]))
            yield return ("gateway", appIds[m.Groups[2].Value], Concrete(m.Groups[1].Value), "GET");
    }

    /// <summary>Of ServiceDefaults' methods that make requests, those that a service calls.</summary>
    private IEnumerable<string> SharedMethods(string source) =>
        ServiceDefaults
            .Split("public static ")
            .Where(m => Request().IsMatch(m))
            .Where(m => source.Contains($".{MethodName().Match(m).Groups[1].Value}", StringComparison.Ordinal));

    /// <summary>Of a method of Peers, or of the pages' client: what is sent without a verb is a POST.</summary>
    private static string VerbOf(string method, string given) =>
        given.Length > 0 ? given.ToUpperInvariant()
        : method is "Get" or "GetTagged" or "Find" or "Open" or "Download" ? "GET"
        : method is "Edit" ? "PATCH"
        : method is "Put" ? "PUT"
        : "POST";

    /// <summary>Environment variables that a service may be given, as patterns for a whole name.</summary>
    public IEnumerable<string> VariablesOf(string service)
    {
        foreach (var text in new[] { sources[service], ServiceDefaults })
        foreach (Match m in Section().Matches(text))
        {
            var name = m.Groups[2].Success
                ? m.Groups[2].Value
                : Regex.Match(text, "const string Section = \"(\\w+)\"").Groups[1].Value;
            foreach (var variable in Properties(text, m.Groups[1].Value))
                yield return $"{name}__{variable}";
        }
        foreach (var variable in Properties(ServiceDefaults, "AuthOptions"))
            yield return $"Auth__{variable}";
    }

    private static IEnumerable<string> Properties(string text, string type)
    {
        var start = Regex.Match(text, $@"class {type}\b.*?\{{", RegexOptions.Singleline);
        if (!start.Success)
            yield break;
        var body = text[(start.Index + start.Length)..];
        body = body[..body.IndexOf("\n}", StringComparison.Ordinal)];
        foreach (Match p in Property().Matches(body))
        {
            var (of, name) = (p.Groups[1].Value, p.Groups[2].Value);
            if (of.StartsWith("IList<", StringComparison.Ordinal))
                yield return $"{name}__[0-9]+";
            else if (of.EndsWith("Options", StringComparison.Ordinal))
                foreach (var inner in Properties(text, of))
                    yield return $"{name}__{inner}";
            else
                yield return name;
        }
    }

    private static string Concrete(string path) => Hole().Replace(path.Split('?')[0], "x");

    private static string All(string folder) =>
        string.Join(
            '\n',
            Directory
                .GetFiles(folder, "*.*", SearchOption.AllDirectories)
                .Where(f => Path.GetExtension(f) is ".cs" or ".razor")
                .Where(f => !f.Contains("Migrations", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllText)
        );

    private static Dictionary<string, string> Constants(string text, string type)
    {
        var body = text[text.IndexOf($"class {type}", StringComparison.Ordinal)..];
        body = body[..body.IndexOf("\n}", StringComparison.Ordinal)];
        return Constant().Matches(body).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
    }

    [GeneratedRegex(@"record (\w+)\((?:(?!record ).)*?static string Type => ""([^""]+)""", RegexOptions.Singleline)]
    private static partial Regex EventRecord();

    [GeneratedRegex(@"const string (\w+) = ""([^""]+)""")]
    private static partial Regex Constant();

    [GeneratedRegex(@"MapEvent<(?:\w+, *)?(\w+)>\(")]
    private static partial Regex MapEvent();

    [GeneratedRegex(@"class (\w+)(?:\([^{};]*?\))?\s*:\s*(?:WorkflowActivity<|Step\b)")]
    private static partial Regex Activity();

    [GeneratedRegex(@"SecretNames\.(\w+)")]
    private static partial Regex SecretName();

    [GeneratedRegex(
        @"(Get|GetTagged|Find|Open|Download|Post|Put|Send|Edit)Async(?:<[^(]*>)?\(\s*(?:HttpMethod\.(\w+),\s*)?AppIds\.(\w+),\s*\$?""((?:internal|/)[^""]*)"""
    )]
    private static partial Regex Request();

    [GeneratedRegex(@"^(?:async )?\S+ (\w+)[<(]")]
    private static partial Regex MethodName();

    [GeneratedRegex(@"\(""(/[^""]+)"", AppIds\.(\w+)\)")]
    private static partial Regex Route();

    [GeneratedRegex(@"AddOptions<(\w+)>\(\)\s*\.BindConfiguration\((?:""(\w+)""|\w+\.Section)\)")]
    private static partial Regex Section();

    [GeneratedRegex(@"public (?:required )?([\w<>]+)\?? (\w+) \{ get;")]
    private static partial Regex Property();

    [GeneratedRegex(@"\{[^}]*\}+")]
    private static partial Regex Hole();
}
