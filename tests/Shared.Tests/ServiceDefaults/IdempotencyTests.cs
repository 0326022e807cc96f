using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using Dapr.Client;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Shared.Tests.ServiceDefaults;

/// <summary>Idempotency-Key on the embedded store, which is as strict as DynamoDB's, with a clock of the test's.</summary>
public sealed class IdempotencyTests : IAsyncLifetime
{
    private readonly TestSystem system;
    private readonly StoreWatch store = new();
    private readonly Clock clock = new();
    private readonly Gate gate = new("stuck");
    private readonly Guid person = Guid.CreateVersion7();

    public IdempotencyTests() =>
        system = new TestSystem().Service(
            ProbeService.AppId,
            args =>
                ProbeService.Build(
                    args,
                    builder =>
                    {
                        builder.Services.AddSingleton(gate);
                        builder.Services.AddSingleton<TimeProvider>(clock);
                        builder.Services.RemoveAll<DaprClient>();
                        builder.Services.AddSingleton(
                            new DaprClientBuilder()
                                .UseJsonSerializationOptions(ServiceDefaultsExtensions.Json)
                                .UseHttpEndpoint(builder.Configuration["DAPR_HTTP_ENDPOINT"])
                                .UseGrpcEndpoint(builder.Configuration["DAPR_GRPC_ENDPOINT"])
                                .UseDaprApiToken(builder.Configuration["DAPR_API_TOKEN"])
                                .UseGrpcChannelOptions(new() { HttpHandler = store })
                                .Build()
                        );
                    }
                )
        );

    public async ValueTask InitializeAsync() => await system.StartAsync();

    public async ValueTask DisposeAsync()
    {
        gate.Open();
        await system.DisposeAsync();
    }

    private HttpClient WithKey()
    {
        var http = system.Client(ProbeService.AppId, person);
        http.DefaultRequestHeaders.Add("Idempotency-Key", "one");
        return http;
    }

    private static Task<HttpResponseMessage> WriteAsync(HttpClient http, string text) =>
        http.PostAsJsonAsync("/api/v1/notes", new { text }, TestContext.Current.CancellationToken);

    private async Task<int> NotesAsync()
    {
        await using var scope = system.Services(ProbeService.AppId).CreateAsyncScope();
        return await scope
            .ServiceProvider.GetRequiredService<ProbeDb>()
            .Notes.CountAsync(n => !n.Text.StartsWith("heard "));
    }

    [Fact]
    public async Task A_repetition_is_replayed_without_a_write_that_must_fail()
    {
        using var http = WithKey();
        var first = await WriteAsync(http, "once");
        var second = await WriteAsync(http, "once");
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(0, store.LostFirstWrites);
    }

    [Fact]
    public async Task Whoever_loses_the_race_waits_or_replays()
    {
        using var http = WithKey();
        store.HoldFirstWrites(5);
        var race = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => WriteAsync(http, "race")));
        Assert.Equal(4, store.LostFirstWrites);
        Assert.All(race, r => Assert.True(r.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict));
        Assert.Contains(race, r => r.StatusCode == HttpStatusCode.Created);
        Assert.Equal(1, await NotesAsync());
    }

    [Fact]
    public async Task A_request_that_died_is_taken_over_once_after_its_time()
    {
        using var http = WithKey();
        var dead = WriteAsync(http, "stuck");
        await gate.Held;
        using var early = await WriteAsync(http, "stuck");
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);

        clock.Now += TimeSpan.FromSeconds(61);
        var takers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => WriteAsync(http, "stuck")));
        Assert.Contains(takers, r => r.StatusCode == HttpStatusCode.Created);
        Assert.Equal(1, await NotesAsync());
        Assert.Equal(0, store.LostFirstWrites);
        gate.Open();
        await dead;
    }

    [Fact]
    public async Task An_answer_that_has_expired_is_in_nobodys_way()
    {
        using var http = WithKey();
        using var first = await WriteAsync(http, "again");
        await using var dapr = NpgsqlDataSource.Create(system.DaprDatabase);
        // DynamoDB may delete it days later.
        await using var expire = dapr.CreateCommand("UPDATE state SET expires_at = now() - interval '1 hour'");
        Assert.Equal(1, await expire.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));

        using var second = await WriteAsync(http, "again");
        using var third = await WriteAsync(http, "again");
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.NotEqual(first.Headers.Location, second.Headers.Location);
        Assert.Equal(second.Headers.Location, third.Headers.Location);
    }

    [Fact]
    public async Task Without_the_store_nothing_is_done()
    {
        using var http = WithKey();
        store.Down = true;
        using var refused = await WriteAsync(http, "later");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(0, await NotesAsync());
        store.Down = false;
        using var accepted = await WriteAsync(http, "later");
        Assert.Equal(HttpStatusCode.Created, accepted.StatusCode);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>Counts first writes that come too late, which are errors of the store: only an ETag makes them mismatches.</summary>
    private sealed class StoreWatch() : DelegatingHandler(new SocketsHttpHandler())
    {
        private const string GrpcStatus = "grpc-status";
        private const int FrameHeader = 5;
        private readonly TaskCompletionSource together = new();
        private int lost;
        private int awaited;

        public int LostFirstWrites => lost;

        /// <summary>The sidecar does not answer.</summary>
        public bool Down { get; set; }

        /// <summary>Lets the next first writes go on only when all of them are there.</summary>
        public void HoldFirstWrites(int count) => awaited = count;

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            if (Down && request.RequestUri!.AbsolutePath.Contains("State", StringComparison.Ordinal))
                throw new HttpRequestException("Down.");
            var firstWrite =
                request.RequestUri!.AbsolutePath.EndsWith("/SaveState", StringComparison.Ordinal)
                && await IsFirstWriteAsync(request, cancellationToken);
            if (firstWrite && awaited > 0)
            {
                if (Interlocked.Decrement(ref awaited) == 0)
                    together.SetResult();
                await together.Task;
            }
            var response = await base.SendAsync(request, cancellationToken);
            if (firstWrite && StatusOf(response) == StatusCode.Internal)
                Interlocked.Increment(ref lost);
            return response;
        }

        private static StatusCode? StatusOf(HttpResponseMessage response) =>
            response.Headers.TryGetValues(GrpcStatus, out var values)
                ? (StatusCode)int.Parse(values.Single(), null)
                : null;

        private static async Task<bool> IsFirstWriteAsync(HttpRequestMessage request, CancellationToken ct)
        {
            var frame = await request.Content!.ReadAsByteArrayAsync(ct);
            var length = BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1));
            var save = SaveStateRequest.Parser.ParseFrom(frame, FrameHeader, length);
            return save.States.Single() is var state
                && state.Options?.Concurrency
                    == Dapr.Client.Autogen.Grpc.v1.StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite
                && string.IsNullOrEmpty(state.Etag?.Value);
        }
    }
}
