using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Ticketing.EmbeddedDapr.Components;
using Ticketing.EmbeddedDapr.PubSub;

namespace Ticketing.EmbeddedDapr.Hosting;

/// <summary>Metadata and health, gRPC and HTTP.</summary>
internal sealed class MetadataApi(Resources resources, Broker broker, Func<string, int> workflowWorkers)
{
    private const string Version = "1.18.3-embedded";

    /// <summary>Dapr's own JSON leaves empty fields out; enums are their names.</summary>
    private static readonly JsonFormatter Formatter = new(new JsonFormatter.Settings(formatDefaultValues: false));

    public Task<GetMetadataResponse> GetMetadata(GetMetadataRequest _, ServerCallContext call) =>
        Task.FromResult(Of(SidecarApp.Of(call.GetHttpContext())));

    public static Task<Empty> SetMetadata(SetMetadataRequest request, ServerCallContext call)
    {
        SidecarApp.Of(call.GetHttpContext()).Extended[request.Key] = request.Value;
        return Task.FromResult(new Empty());
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1.0/healthz", NoContent);
        routes.MapGet("/v1.0/healthz/outbound", NoContent);
        routes.MapGet(
            "/v1.0/metadata",
            http =>
            {
                http.Response.ContentType = "application/json";
                return http.Response.WriteAsync(Formatter.Format(Of(SidecarApp.Of(http))));
            }
        );
        routes.MapPut(
            "/v1.0/metadata/{key}",
            async http =>
            {
                using var reader = new StreamReader(http.Request.Body);
                SidecarApp.Of(http).Extended[(string)http.Request.RouteValues["key"]!] = await reader.ReadToEndAsync();
                http.Response.StatusCode = StatusCodes.Status204NoContent;
            }
        );
    }

    private static Task NoContent(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private GetMetadataResponse Of(SidecarApp app)
    {
        var response = new GetMetadataResponse
        {
            Id = app.AppId,
            RuntimeVersion = Version,
            AppConnectionProperties = new()
            {
                Port = app.AppAddress.Port,
                Protocol = "http",
                ChannelAddress = app.AppAddress.Host,
            },
            Workflows = new() { ConnectedWorkers = workflowWorkers(app.AppId) },
        };
        response.ExtendedMetadata.Add(app.Extended);
        response.ExtendedMetadata["daprRuntimeVersion"] = Version;
        foreach (var component in resources.Components.Where(c => c.VisibleTo(app.AppId)))
        {
            var registered = new RegisteredComponents
            {
                Name = component.Name,
                Type = component.Type,
                Version = component.Version,
            };
            if (component.Type.StartsWith("state.", StringComparison.Ordinal))
            {
                registered.Capabilities.Add(["ETAG", "TRANSACTIONAL", "TTL"]);
            }
            response.RegisteredComponents.Add(registered);
        }
        foreach (var spec in broker.SpecsOf(app.AppId))
        {
            var subscription = new PubsubSubscription
            {
                PubsubName = spec.PubSub,
                Topic = spec.Topic,
                DeadLetterTopic = spec.DeadLetterTopic ?? "",
                Rules = new(),
                Type = PubsubSubscriptionType.Programmatic,
            };
            subscription.Rules.Rules.Add(spec.Rules.Select(r => new PubsubSubscriptionRule { Path = r.Path }));
            response.Subscriptions.Add(subscription);
        }
        return response;
    }
}
