using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Ticketing.EmbeddedDapr.Components;
using YamlDotNet.RepresentationModel;

namespace Ticketing.EmbeddedDapr.Hosting;

/// <summary>
/// What of Dapr's APIs an app may call: <c>spec.api.allowed</c> of its Configuration, read as daprd 1.18 reads it. A
/// protocol for which no known rule stands is open; health always is. The workflow protocol is no part of it.
/// </summary>
internal sealed class AllowedApis
{
    private const string GrpcPrefix = "/dapr.proto.runtime.v1.Dapr/";

    /// <summary>The rules of gRPC, of those that daprd knows, whose methods our services could want or must not have.</summary>
    private static readonly Dictionary<string, string[]> GrpcMethods = new()
    {
        ["invoke.v1"] = ["InvokeService"],
        ["state.v1"] =
        [
            "GetState",
            "GetBulkState",
            "SaveState",
            "DeleteState",
            "DeleteBulkState",
            "ExecuteStateTransaction",
        ],
        ["publish.v1"] = ["PublishEvent", "BulkPublishEvent"],
        ["publish.v1alpha1"] = ["BulkPublishEventAlpha1"],
        ["bindings.v1"] = ["InvokeBinding"],
        ["secrets.v1"] = ["GetSecret", "GetBulkSecret"],
        ["metadata.v1"] = ["GetMetadata", "SetMetadata"],
        ["lock.v1alpha1"] = ["TryLockAlpha1"],
        ["unlock.v1alpha1"] = ["UnlockAlpha1"],
    };

    private readonly HashSet<string> _grpc = [];
    private readonly HashSet<string> _http = [];

    public static AllowedApis Everything { get; } = new();

    public static AllowedApis Read(string configuration)
    {
        var allowed = new AllowedApis();
        foreach (var document in Resources.Documents(configuration))
        {
            foreach (var rule in document.Items("spec", "api", "allowed").OfType<YamlMappingNode>())
            {
                var (name, version) = (rule.Text("name"), rule.Text("version"));
                if (rule.Text("protocol") == "grpc")
                {
                    allowed._grpc.UnionWith(GrpcMethods.GetValueOrDefault($"{name}.{version}", []));
                }
                else
                {
                    allowed._http.Add($"{version}/{name}");
                }
            }
        }
        return allowed;
    }

    public bool Allow(PathString path) =>
        path.Value!.StartsWith(GrpcPrefix, StringComparison.Ordinal)
            ? _grpc.Count == 0 || _grpc.Contains(path.Value[GrpcPrefix.Length..])
            : path.Value.StartsWith("/TaskHubSidecarService/", StringComparison.Ordinal)
                || _http.Count == 0
                || _http.Contains(GroupOf(path.Value))
                || ApiTokens.IsHealth(path);

    /// <summary>Any path outside the API is service invocation: its target is named by a header.</summary>
    private static string GroupOf(string path)
    {
        const string stable = "/v1.0/";
        if (!path.StartsWith("/v1.0", StringComparison.Ordinal))
        {
            return "v1/invoke";
        }
        var parts = path.Split('/', 4);
        var version = path.StartsWith(stable, StringComparison.Ordinal)
            ? "v1"
            : parts[1].Replace("1.0-", "1", StringComparison.Ordinal);
        return parts.Length > 2 ? $"{version}/{parts[2]}" : "";
    }
}

/// <summary>Refuses what the app's Configuration does not allow.</summary>
internal sealed class ApiAccess(RequestDelegate next)
{
    private const string NotAvailable = "requested endpoint is not available";

    public Task InvokeAsync(HttpContext context)
    {
        if (SidecarApp.Of(context).Apis.Allow(context.Request.Path))
        {
            return next(context);
        }
        if (ApiTokens.IsGrpc(context))
        {
            return ApiTokens.AnswerAsync(context, StatusCode.Unimplemented, NotAvailable);
        }
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
