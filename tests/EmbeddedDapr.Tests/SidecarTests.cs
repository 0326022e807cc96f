using System.Net;
using Dapr;
using Dapr.Client;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Rpc = Dapr.Client.Autogen.Grpc.v1;

namespace Ticketing.EmbeddedDapr.Tests;

public sealed class SidecarTests
{
    [Fact]
    public async Task Calls_without_the_token_are_refused_on_both_ports()
    {
        await using var apps = await TwoApps.CreateAsync();
        foreach (var token in new[] { "", "wrong", apps.Declared("beta").ApiToken! })
        {
            using var http = apps.Http("alpha", token);
            foreach (
                var path in new[]
                {
                    "/v1.0/metadata",
                    "/v1.0/invoke/beta/method/x",
                    "/x",
                    "/v1.0/secrets/secretstore/a",
                }
            )
            {
                Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(path)).StatusCode);
            }
            using var dapr = new DaprClientBuilder()
                .UseGrpcEndpoint($"http://127.0.0.1:{apps.Declared("alpha").GrpcPort}")
                .UseDaprApiToken(token)
                .Build();
            var error = await Assert.ThrowsAsync<DaprException>(() => dapr.GetStateAsync<string>("statestore", "key"));
            Assert.Equal(StatusCode.Unauthenticated, ((RpcException)error.InnerException!).StatusCode);
        }
    }

    [Fact]
    public async Task Health_needs_no_token()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var http = apps.Http("alpha", "");
        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync("/v1.0/healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync("/v1.0/healthz/outbound")).StatusCode);
        using var dapr = apps.Client("alpha");
        Assert.True(await dapr.CheckHealthAsync());
        await dapr.WaitForSidecarAsync();
    }

    [Fact]
    public async Task Metadata_names_the_app_its_components_and_what_it_set()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        await dapr.SetMetadataAsync("mine", "value");
        var metadata = await dapr.GetMetadataAsync();
        Assert.Equal("alpha", metadata.Id);
        Assert.Contains(metadata.Components, c => c is { Name: "pubsub", Type: "pubsub.embedded" });
        Assert.Equal("value", metadata.Extended["mine"]);
        using var http = apps.Http("alpha");
        Assert.Contains(
            "\"name\": \"statestore\"",
            await http.GetStringAsync("/v1.0/metadata"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_not_offered_is_UNIMPLEMENTED_with_a_sentence()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(
            $"http://127.0.0.1:{apps.Declared("alpha").GrpcPort}"
        );
        var client = new Rpc.Dapr.DaprClient(channel);
        var headers = new Metadata { { "dapr-api-token", apps.Declared("alpha").ApiToken! } };
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.TryLockAlpha1Async(new Rpc.TryLockRequest(), headers)
        );
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
        Assert.Contains("does not offer", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ports_and_tokens_are_chosen_where_none_are_given()
    {
        await using var apps = await TwoApps.CreateAsync(start: false);
        var given = apps.Options();
        await using var runtime = await DaprRuntime.StartAsync(
            new()
            {
                ConnectionString = given.ConnectionString,
                ResourcesPath = given.ResourcesPath,
                DataDirectory = given.DataDirectory,
                Apps = [new("one", new("http://127.0.0.1:9")), new("two", new("http://127.0.0.1:9"))],
            },
            CancellationToken.None
        );
        var (one, two) = (runtime["one"], runtime["two"]);
        Assert.Equal(
            4,
            new[] { one.HttpEndpoint, one.GrpcEndpoint, two.HttpEndpoint, two.GrpcEndpoint }.Distinct().Count()
        );
        Assert.NotEqual(one.ApiToken, two.ApiToken);
        Assert.NotEqual(one.ApiToken, one.AppApiToken);
        using var dapr = new DaprClientBuilder()
            .UseGrpcEndpoint(one.GrpcEndpoint.ToString())
            .UseDaprApiToken(one.ApiToken)
            .Build();
        await dapr.SaveStateAsync("statestore", "key", 1);
    }

    [Theory]
    [InlineData("{ name: x }", "spec: { type: state.redis, version: v1 }", "state.redis")]
    [InlineData("{ name: pubsub }", "spec: { type: pubsub.embedded, version: v1 }", "more than once")]
    [InlineData("{ name: x }", "spec: { type: bindings.s3folder, version: v1 }", "rootPath")]
    [InlineData("{ }", "spec: { type: bindings.s3folder, version: v1 }", "metadata.name")]
    [InlineData("{ name: x", "spec: {}", "test-0.yaml")]
    public async Task A_component_that_cannot_be_used_fails_the_start_with_its_reason(
        string metadata,
        string spec,
        string reason
    )
    {
        await using var apps = await TwoApps.CreateAsync(
            start: false,
            $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {metadata}\n{spec}\n"
        );
        var error = await Assert.ThrowsAsync<InvalidOperationException>(apps.StartRuntimeAsync);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kinds_that_mean_nothing_here_are_passed_over()
    {
        await using var apps = await TwoApps.CreateAsync(
            resources: "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: { name: r }\nspec: {}\n"
        );
        Assert.Contains(apps.Logs.At(LogLevel.Debug), l => l.Contains("ignores Resiliency", StringComparison.Ordinal));
    }
}
