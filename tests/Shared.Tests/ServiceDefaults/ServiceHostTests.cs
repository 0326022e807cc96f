using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Shared.Tests.ServiceDefaults;

/// <summary>How a service's process begins and ends.</summary>
[Collection(nameof(ServiceHostTests))]
public sealed class ServiceHostTests
{
    private const string Authority = "--Auth:Authority=http://127.0.0.1:9/";

    /// <summary>Holds the drain's pause until the test lets it go; all other time is real.</summary>
    private sealed class HeldClock(TimeSpan pause) : TimeProvider
    {
        private readonly TaskCompletionSource<Action> held = new();

        /// <summary>Gives what ends the pause.</summary>
        public Task<Action> Held => held.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == pause)
                held.SetResult(() => callback(state));
            return base.CreateTimer(callback, state, dueTime == pause ? Timeout.InfiniteTimeSpan : dueTime, period);
        }
    }

    private static WebApplication Build(string[] args, TimeProvider clock)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder("probe", args);
        builder.Services.AddSingleton(clock);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapGet("/hello", () => "hello").AllowAnonymous();
        return app;
    }

    [Fact]
    public async Task A_replica_that_goes_is_not_ready_at_once_and_serves_until_everybody_knows()
    {
        var clock = new HeldClock(TimeSpan.FromSeconds(20));
        await using var app = Build(
            ["--environment=Development", "--urls=http://127.0.0.1:0", Authority, "--Drain:Seconds=20"],
            clock
        );
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz/ready")).StatusCode);

        var stopping = app.StopAsync();
        var end = await clock.Held;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/healthz/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz/live")).StatusCode);
        Assert.Equal("hello", await client.GetStringAsync("/hello"));
        Assert.False(stopping.IsCompleted);

        end();
        await stopping;
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/hello"));
    }

    private sealed record Thing(string Name);

    [Fact]
    public async Task A_new_replica_is_ready_when_it_has_rehearsed()
    {
        var rehearsed = new TaskCompletionSource<(string Name, Guid Person)>();
        var go = new TaskCompletionSource();
        var others = 0;
        var builder = ServiceDefaultsExtensions.CreateBuilder(
            "probe",
            ["--environment=Development", "--urls=http://127.0.0.1:0", Authority, "--WarmUp:Seconds=60"]
        );
        builder.Services.AddHostedService<SlowStart>();
        await using var app = builder.Build();
        app.UseServiceDefaults();
        app.MapGet("/broken", string () => throw new InvalidOperationException("It is broken.")).Rehearsed();
        app.MapPost(
                "/things/{id:guid}",
                async (Guid id, Thing thing, ClaimsPrincipal user) =>
                {
                    rehearsed.SetResult((thing.Name, user.UserId()));
                    await go.Task;
                    throw ProblemException.NotFound($"thing {id}");
                }
            )
            .Rehearsed("""{ "name": "nobody's" }""");
        app.MapGet("/others", () => Interlocked.Increment(ref others));
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        var (name, person) = await rehearsed.Task;
        Assert.Equal("nobody's", name);
        Assert.NotEqual(Guid.Empty, person);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz/live")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/healthz/ready")).StatusCode);

        go.SetResult();
        await Eventually.TrueAsync(async () =>
            (await client.GetAsync("/healthz/ready")).StatusCode == HttpStatusCode.OK
        );
        Assert.Equal(0, others);
    }

    [Theory]
    [InlineData("", "No database to migrate: ConnectionStrings__Database is not set.")]
    [InlineData("--ConnectionStrings:Database=Host=127.0.0.1;Port=9", "The database does not answer: ")]
    [InlineData("--ConnectionStrings:Database=nonsense", "ConnectionStrings__Database is no connection string: ")]
    public async Task A_migration_without_a_database_says_so_in_a_sentence(string setting, string says)
    {
        var (code, error) = await RunAsync(["migrate", Authority, setting]);
        Assert.Equal(1, code);
        Assert.StartsWith(says, error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--Drain:Seconds=-1", "'Seconds'")]
    [InlineData("--Drain:Seconds=soon", "Drain:Seconds")]
    [InlineData("--WarmUp:Seconds=301", "'Seconds'")]
    [InlineData("--Traces:SampleRatio=half", "Traces:SampleRatio")]
    [InlineData("--Auth:Authority=nowhere", "Auth:Authority must be")]
    [InlineData("--Auth:MetadataAddress=nowhere", "Auth:MetadataAddress must be")]
    [InlineData("--Public:BaseUrl=nowhere", "Public:BaseUrl must be")]
    [InlineData("--DAPR_HTTP_ENDPOINT=nowhere", "DAPR_HTTP_ENDPOINT")]
    [InlineData("--urls=nonsense", "nonsense")]
    [InlineData("--ConnectionStrings:Database=", "ConnectionStrings__Database is not set.")]
    [InlineData("--ConnectionStrings:Database=nonsense", "ConnectionStrings__Database is no connection string: ")]
    public async Task A_setting_that_cannot_be_is_said_in_a_sentence(string setting, string says)
    {
        var (code, error) = await RunAsync([
            Authority,
            "--urls=http://127.0.0.1:0",
            "--ConnectionStrings:Database=Host=127.0.0.1;Port=9",
            setting,
        ]);
        Assert.Equal(1, code);
        Assert.Contains(says, error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    /// <summary>On a busy machine a host takes its time; until it has started, it has no routes.</summary>
    private sealed class SlowStart : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) =>
            Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static async Task<(int Code, string Error)> RunAsync(string[] args)
    {
        var before = Console.Error;
        await using var error = new StringWriter();
        Console.SetError(error);
        try
        {
            var code = await ServiceHost.RunAsync(
                [.. args.Where(a => a.Length > 0), "--environment=Development"],
                ProbeService.Build
            );
            return (code, error.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }
}

/// <summary>It speaks for the whole process: the standard error is one.</summary>
[CollectionDefinition(nameof(ServiceHostTests), DisableParallelization = true)]
public sealed class ServiceHostAlone;
