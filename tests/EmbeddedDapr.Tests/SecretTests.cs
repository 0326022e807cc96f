using System.Net;
using Dapr;

namespace Ticketing.EmbeddedDapr.Tests;

public sealed class SecretTests
{
    [Fact]
    public async Task Secrets_are_read_from_the_file_with_nested_names()
    {
        await using var apps = await TwoApps.CreateAsync();
        await File.WriteAllTextAsync(
            Path.Combine(apps.Folder.FullName, "secrets.json"),
            """{ "plain": "one", "nested": { "inner": "two", "list": ["a", "b"] } }"""
        );
        using var dapr = apps.Client("alpha");
        Assert.Equal("one", (await dapr.GetSecretAsync("secretstore", "plain"))["plain"]);
        Assert.Equal("two", (await dapr.GetSecretAsync("secretstore", "nested:inner"))["nested:inner"]);
        var all = await dapr.GetBulkSecretAsync("secretstore");
        Assert.Equal(["nested:inner", "nested:list:0", "nested:list:1", "plain"], all.Keys.Order());
        await Assert.ThrowsAsync<DaprException>(() => dapr.GetSecretAsync("secretstore", "absent"));
        await Assert.ThrowsAsync<DaprException>(() => dapr.GetSecretAsync("nothing", "plain"));
    }

    [Fact]
    public async Task Secrets_come_from_the_environment_but_not_Daprs_own_tokens()
    {
        await using var apps = await TwoApps.CreateAsync(
            resources: """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: environment }
            spec: { type: secretstores.local.env, version: v1 }
            scopes: [alpha]
            """
        );
        using var alpha = apps.Client("alpha");
        using var beta = apps.Client("beta");
        Assert.NotEmpty((await alpha.GetSecretAsync("environment", "PATH"))["PATH"]);
        Assert.DoesNotContain("APP_API_TOKEN", (await alpha.GetBulkSecretAsync("environment")).Keys);
        await Assert.ThrowsAsync<DaprException>(() => beta.GetSecretAsync("environment", "PATH"));
    }

    [Fact]
    public async Task A_component_takes_its_metadata_from_a_secret()
    {
        await using var apps = await TwoApps.CreateAsync(start: false);
        await File.WriteAllTextAsync(
            Path.Combine(apps.Folder.FullName, "secrets.json"),
            """{ "folder": "from-secret" }"""
        );
        apps.WriteResource(
            "secret-files.yaml",
            """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: secret-files }
            spec:
              type: bindings.s3folder
              version: v1
              metadata:
                - name: rootPath
                  secretKeyRef: { name: folder, key: folder }
            auth: { secretStore: secretstore }
            """
        );
        await apps.StartRuntimeAsync();
        using var dapr = apps.Client("alpha");
        await dapr.InvokeBindingAsync("secret-files", "create", "x", new Dictionary<string, string> { ["key"] = "a" });
        Assert.True(File.Exists(Path.Combine(apps.Folder.FullName, "from-secret", "a")));
    }

    [Fact]
    public async Task Secrets_answer_over_HTTP()
    {
        await using var apps = await TwoApps.CreateAsync();
        await File.WriteAllTextAsync(Path.Combine(apps.Folder.FullName, "secrets.json"), """{ "a": "b" }""");
        using var http = apps.Http("alpha");
        Assert.Equal("""{"a":"b"}""", await http.GetStringAsync("/v1.0/secrets/secretstore/a"));
        Assert.Equal("""{"a":{"a":"b"}}""", await http.GetStringAsync("/v1.0/secrets/secretstore/bulk"));
        var unknown = await http.GetAsync("/v1.0/secrets/nothing/a");
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
    }
}
