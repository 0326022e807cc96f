using System.Net;
using Dapr;
using Dapr.Client;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary><c>spec.api.allowed</c> of an app's Configuration, as daprd 1.18 reads it.</summary>
public sealed class AllowedApiTests
{
    [Fact]
    public async Task An_app_uses_what_its_configuration_allows_and_nothing_else()
    {
        await using var apps = await WorldAsync(
            "{ name: state, version: v1, protocol: grpc }",
            "{ name: metadata, version: v1, protocol: http }"
        );
        using var dapr = apps.Client("alpha");
        using var http = apps.Http("alpha");

        await dapr.SaveStateAsync("statestore", "key", 1);
        Assert.Equal(1, await dapr.GetStateAsync<int>("statestore", "key"));
        await RefusedAsync(() => dapr.PublishEventAsync("pubsub", "topic"));
        await RefusedAsync(() => dapr.GetSecretAsync("secretstore", "name"));

        Assert.Equal(HttpStatusCode.OK, await GetAsync(http, "/v1.0/metadata"));
        Assert.Equal(HttpStatusCode.NoContent, await GetAsync(http, "/v1.0/healthz"));
        foreach (
            var path in new[]
            {
                "/v1.0/state/statestore/key",
                "/v1.0/invoke/beta/method/x",
                "/v1.0-alpha1/state/statestore/query",
                "/v1.0",
            }
        )
            Assert.Equal(HttpStatusCode.NotFound, await GetAsync(http, path));
    }

    [Fact]
    public async Task An_app_that_may_not_invoke_reaches_no_neighbour_by_the_header_either()
    {
        await using var apps = await WorldAsync("{ name: healthz, version: v1, protocol: http }");
        await apps.StartAppAsync("beta", app => app.MapGet("/{**path}", () => "reached"));
        using var http = apps.Http("alpha");
        http.DefaultRequestHeaders.Add("dapr-app-id", "beta");
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(http, "/x"));
        using var other = apps.Http("beta");
        other.DefaultRequestHeaders.Add("dapr-app-id", "beta");
        Assert.Equal(HttpStatusCode.OK, await GetAsync(other, "/x"));
    }

    /// <summary>A trap of daprd's that our rules for the manifests guard against.</summary>
    [Theory]
    [InlineData("{ name: invoke, version: v1, protocol: http }")]
    [InlineData("{ name: state, version: v1.0, protocol: grpc }")]
    [InlineData("{ name: locks, version: v1, protocol: grpc }")]
    public async Task Without_a_known_rule_a_protocol_is_open(string rule)
    {
        await using var apps = await WorldAsync(rule);
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync("pubsub", "topic");
    }

    private static async Task<TwoApps> WorldAsync(params string[] allowed)
    {
        var apps = await TwoApps.CreateAsync(start: false);
        apps.Configure(
            "alpha",
            $"""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: {"{ name: alpha }"}
            spec: {"{"} api: {"{"} allowed: [{string.Join(", ", allowed)}] {"} }"}
            """
        );
        await apps.StartRuntimeAsync();
        return apps;
    }

    private static async Task<HttpStatusCode> GetAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        return response.StatusCode;
    }

    private static async Task RefusedAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<DaprException>(call);
        var status = ((RpcException)error.InnerException!).Status;
        Assert.Equal(StatusCode.Unimplemented, status.StatusCode);
        Assert.Equal("requested endpoint is not available", status.Detail);
    }
}
