using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Queries are read as strictly as bodies. The framework takes " +5" for a number, "{…}" for an id, "TRUE" for true, an empty
/// value for none, and of two values makes one or drops one: each is refused by name here. (A time is an
/// <see cref="IsoTime"/>, which is strict itself.)
/// </summary>
internal sealed partial class StrictQueries(RequestDelegate next)
{
    private sealed record Parameter(string Name, Regex? Form);

    private readonly ConcurrentDictionary<MethodInfo, IReadOnlyList<Parameter>> known = new();

    public Task InvokeAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query.Count > 0 && context.GetEndpoint() is { } endpoint)
            if (endpoint.Metadata.GetMetadata<MethodInfo>() is { } handler)
                foreach (var (name, form) in known.GetOrAdd(handler, _ => ParametersOf(handler)))
                    if (
                        query.TryGetValue(name, out var values)
                        && !(values is [{ } value] && form?.IsMatch(value) != false)
                    )
                        throw new ProblemException(400, "invalid", "The query is not what this endpoint takes.")
                        {
                            Errors = new Dictionary<string, string[]>
                            {
                                [name] = ["The value is there twice, misspelt or of the wrong type."],
                            },
                        };
        return next(context);
    }

    /// <summary>What may be in the query: what is simple and comes from nowhere else. A part of the path is not in it.</summary>
    private static List<Parameter> ParametersOf(MethodInfo handler) =>
        [
            .. handler
                .GetParameters()
                .SelectMany(p =>
                    p.GetCustomAttribute<AsParametersAttribute>() is null
                        ? [(NameOf(p, p.Name!), p.ParameterType)]
                        : p.ParameterType.GetProperties().Select(q => (Name: NameOf(q, q.Name), q.PropertyType))
                )
                .Select(p => (p.Item1, Type: Nullable.GetUnderlyingType(p.Item2) ?? p.Item2))
                .Where(p => p.Type == typeof(string) || p.Type == typeof(IsoTime) || FormOf(p.Type) is not null)
                .Select(p => new Parameter(p.Item1, FormOf(p.Type))),
        ];

    private static string NameOf(ICustomAttributeProvider parameter, string name) =>
        parameter.GetCustomAttributes(typeof(FromQueryAttribute), inherit: true)
            is [FromQueryAttribute { Name: { } given }]
            ? given
            : name;

    private static Regex? FormOf(Type type) =>
        type == typeof(int) || type == typeof(long) ? Whole()
        : type == typeof(bool) ? Truth()
        : type == typeof(Guid) ? Id()
        : type == typeof(DateTimeOffset) ? Moment()
        : null;

    [GeneratedRegex(@"^(0|-?[1-9][0-9]{0,18})\z")]
    private static partial Regex Whole();

    /// <summary>RFC 3339 with its offset; a date alone is for an <see cref="IsoTime"/>.</summary>
    [GeneratedRegex(
        @"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})\z"
    )]
    private static partial Regex Moment();

    [GeneratedRegex(@"^(true|false)\z")]
    private static partial Regex Truth();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\z")]
    private static partial Regex Id();
}
