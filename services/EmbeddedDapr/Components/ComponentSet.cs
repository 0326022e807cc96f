using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Ticketing.EmbeddedDapr.Hosting;

namespace Ticketing.EmbeddedDapr.Components;

/// <summary>The opened components of one building block, by name; what an app is not scoped for does not exist for it.</summary>
internal sealed class ComponentSet<T>
{
    private readonly Dictionary<string, (Component Component, T Opened)> _byName = [];
    private readonly Func<string, DaprError> _notFound;

    public ComponentSet(IEnumerable<Component> components, Func<Component, T> open, Func<string, DaprError> notFound)
    {
        _notFound = notFound;
        foreach (var component in components)
        {
            _byName[component.Name] = (component, open(component));
        }
    }

    public T Get(string name, SidecarApp app) =>
        _byName.TryGetValue(name, out var found) && found.Component.VisibleTo(app.AppId)
            ? found.Opened
            : throw _notFound(name);

    public static InvalidOperationException UnknownType(Component component) =>
        new(
            $"Component '{component.Name}' has the type '{component.Type}', which the embedded runtime does not offer."
        );

    public static DaprError BadRequest(string errorCode, string message) =>
        new(StatusCode.InvalidArgument, StatusCodes.Status400BadRequest, errorCode, message);
}
