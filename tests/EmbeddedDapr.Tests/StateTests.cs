using System.Net;
using System.Net.Http.Json;
using System.Text;
using Dapr;
using Dapr.Client;
using Grpc.Core;

namespace Ticketing.EmbeddedDapr.Tests;

public sealed class StateTests
{
    private const string Store = "statestore";
    private static readonly StateOptions FirstWrite = new() { Concurrency = ConcurrencyMode.FirstWrite };

    [Fact]
    public async Task A_saved_value_is_read_back_and_is_the_apps_own()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var alpha = apps.Client("alpha");
        using var beta = apps.Client("beta");
        await alpha.SaveStateAsync(Store, "key", "value");
        Assert.Equal("value", await alpha.GetStateAsync<string>(Store, "key"));
        Assert.Null(await beta.GetStateAsync<string>(Store, "key"));
        await alpha.DeleteStateAsync(Store, "key");
        await alpha.DeleteStateAsync(Store, "key");
        Assert.Null(await alpha.GetStateAsync<string>(Store, "key"));
    }

    [Fact]
    public async Task An_ETag_lets_one_writer_through()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        await dapr.SaveStateAsync(Store, "key", 0);
        var (_, etag) = await dapr.GetStateAndETagAsync<int>(Store, "key");
        var saved = await Task.WhenAll(
            Enumerable.Range(1, 20).Select(i => dapr.TrySaveStateAsync(Store, "key", i, etag))
        );
        Assert.Single(saved, s => s);
        Assert.False(await dapr.TryDeleteStateAsync(Store, "key", etag));
        (_, etag) = await dapr.GetStateAndETagAsync<int>(Store, "key");
        Assert.True(await dapr.TryDeleteStateAsync(Store, "key", etag));
        var malformed = await Assert.ThrowsAsync<DaprException>(() =>
            dapr.TrySaveStateAsync(Store, "key", 1, "no etag")
        );
        Assert.Equal(StatusCode.InvalidArgument, ((RpcException)malformed.InnerException!).StatusCode);
    }

    [Fact]
    public async Task First_write_without_an_ETag_inserts_once()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async i =>
                {
                    try
                    {
                        await dapr.SaveStateAsync(Store, "key", i, FirstWrite);
                        return StatusCode.OK;
                    }
                    catch (DaprException e) when (e.InnerException is RpcException rpc)
                    {
                        return rpc.StatusCode;
                    }
                })
        );
        Assert.Single(results, StatusCode.OK);
        // To DynamoDB's component it is no mismatch, but an error of the store.
        Assert.All(results.Where(r => r != StatusCode.OK), r => Assert.Equal(StatusCode.Internal, r));
    }

    /// <summary>DynamoDB deletes what has expired some days later.</summary>
    [Fact]
    public async Task Expired_values_are_absent_and_in_the_way_of_a_first_write()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        var ttl = new Dictionary<string, string> { ["ttlInSeconds"] = "1000" };
        await dapr.SaveStateAsync(Store, "key", "old", FirstWrite, ttl);
        var (_, etag) = await dapr.GetStateAndETagAsync<string>(Store, "key");
        await apps.ExecuteAsync("UPDATE state SET expires_at = now()");
        Assert.Null(await dapr.GetStateAsync<string>(Store, "key"));
        await RefusedAsync(StatusCode.Internal, () => dapr.SaveStateAsync(Store, "key", "new", FirstWrite));
        Assert.True(await dapr.TrySaveStateAsync(Store, "key", "new", etag));
        Assert.Equal("new", await dapr.GetStateAsync<string>(Store, "key"));
        ttl["ttlInSeconds"] = "soon";
        await Assert.ThrowsAsync<DaprException>(() => dapr.SaveStateAsync(Store, "key", "x", metadata: ttl));
    }

    [Fact]
    public async Task What_is_too_big_for_DynamoDB_is_refused()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        await dapr.SaveByteStateAsync(Store, "big", new byte[409_000]);
        await RefusedAsync(StatusCode.Internal, () => dapr.SaveByteStateAsync(Store, "big", new byte[409_600]));
        Assert.Equal(409_000, (await dapr.GetByteStateAsync(Store, "big")).Length);
        await RefusedAsync(StatusCode.Internal, () => dapr.SaveStateAsync(Store, new string('k', 2048), 1));
        await RefusedAsync(
            StatusCode.InvalidArgument,
            () => dapr.ExecuteStateTransactionAsync(Store, [.. Enumerable.Range(0, 101).Select(i => Upsert($"{i}"))])
        );
        await dapr.ExecuteStateTransactionAsync(Store, [.. Enumerable.Range(0, 100).Select(i => Upsert($"{i}"))]);

        static StateTransactionRequest Upsert(string key) => new(key, "1"u8.ToArray(), StateOperationType.Upsert);
    }

    private static async Task RefusedAsync(StatusCode status, Func<Task> write)
    {
        var error = await Assert.ThrowsAsync<DaprException>(write);
        Assert.Equal(status, ((RpcException)error.InnerException!).StatusCode);
    }

    [Fact]
    public async Task Many_values_are_read_and_written_at_once()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        // The SDK's own SaveBulkStateAsync forgets the API token.
        using var http = apps.Http("alpha");
        var pairs = new[] { new { key = "a", value = "1" }, new { key = "b", value = "2" } };
        (await http.PostAsJsonAsync($"/v1.0/state/{Store}", pairs)).EnsureSuccessStatusCode();
        var items = await dapr.GetBulkStateAsync<string>(Store, ["a", "b", "c"], parallelism: 1);
        Assert.Equal(["1", "2", null], items.OrderBy(i => i.Key).Select(i => i.Value));
    }

    [Fact]
    public async Task A_transaction_is_all_or_nothing()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        await dapr.SaveStateAsync(Store, "gone", 1);
        await dapr.ExecuteStateTransactionAsync(
            Store,
            [new("a", "1"u8.ToArray(), StateOperationType.Upsert), new("gone", null!, StateOperationType.Delete)]
        );
        Assert.Equal(1, await dapr.GetStateAsync<int>(Store, "a"));
        Assert.Null(await dapr.GetStateAsync<int?>(Store, "gone"));
        var error = await Assert.ThrowsAsync<DaprException>(() =>
            dapr.ExecuteStateTransactionAsync(
                Store,
                [
                    new("a", "2"u8.ToArray(), StateOperationType.Upsert),
                    new("b", "2"u8.ToArray(), StateOperationType.Upsert, Guid.CreateVersion7().ToString()),
                ]
            )
        );
        Assert.Equal(StatusCode.Internal, ((RpcException)error.InnerException!).StatusCode);
        Assert.Equal(1, await dapr.GetStateAsync<int>(Store, "a"));
    }

    [Theory]
    [InlineData("nothing", "key")]
    [InlineData(Store, "a||b")]
    [InlineData(Store, "a\0b")]
    public async Task Unknown_stores_and_keys_of_others_are_refused(string store, string key)
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        var error = await Assert.ThrowsAsync<DaprException>(() => dapr.GetStateAsync<string>(store, key));
        Assert.Equal(StatusCode.InvalidArgument, ((RpcException)error.InnerException!).StatusCode);
    }

    [Fact]
    public async Task State_answers_over_HTTP()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var http = apps.Http("alpha");
        using var dapr = apps.Client("alpha");
        var saved = await http.PostAsJsonAsync(
            $"/v1.0/state/{Store}",
            new object[]
            {
                new
                {
                    key = "a",
                    value = new { x = 1 },
                    metadata = new { ttlInSeconds = "100" },
                },
            }
        );
        Assert.Equal(HttpStatusCode.NoContent, saved.StatusCode);
        var read = await http.GetAsync($"/v1.0/state/{Store}/a");
        Assert.Equal("""{"x":1}""", await read.Content.ReadAsStringAsync());
        Assert.True(read.Headers.Contains("metadata.ttlExpireTime"));
        Assert.Equal(1, (await dapr.GetStateAsync<Dictionary<string, int>>(Store, "a"))["x"]);
        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync($"/v1.0/state/{Store}/absent")).StatusCode);
        foreach (
            var (late, status) in new (object, HttpStatusCode)[]
            {
                (
                    new
                    {
                        key = "a",
                        value = 2,
                        options = new { concurrency = "first-write" },
                    },
                    HttpStatusCode.InternalServerError
                ),
                (
                    new
                    {
                        key = "a",
                        value = 2,
                        etag = Guid.Empty,
                    },
                    HttpStatusCode.Conflict
                ),
            }
        )
        {
            using var refused = await http.PostAsJsonAsync($"/v1.0/state/{Store}", new[] { late });
            Assert.Equal(status, refused.StatusCode);
        }
        var bulk = await http.PostAsJsonAsync($"/v1.0/state/{Store}/bulk", new { keys = new[] { "a", "b" } });
        Assert.Contains(
            "\"key\":\"b\",\"data\":null",
            await bulk.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        var transaction = await http.PostAsJsonAsync(
            $"/v1.0/state/{Store}/transaction",
            new
            {
                operations = new object[]
                {
                    new { operation = "upsert", request = new { key = "b", value = 3 } },
                    new { operation = "delete", request = new { key = "a" } },
                },
            }
        );
        Assert.Equal(HttpStatusCode.NoContent, transaction.StatusCode);
        Assert.Equal("3", await http.GetStringAsync($"/v1.0/state/{Store}/b"));
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync($"/v1.0/state/{Store}/b")).StatusCode);
        foreach (var bad in new[] { "", "{}", "[{}]", "[{\"key\":7}]", "no json" })
        {
            using var content = new StringContent(bad, Encoding.UTF8, "application/json");
            var refused = await http.PostAsync($"/v1.0/state/{Store}", content);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
    }
}
