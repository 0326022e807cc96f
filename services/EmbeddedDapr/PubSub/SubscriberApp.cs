using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ticketing.EmbeddedDapr.Hosting;
using Ticketing.EmbeddedDapr.Invocation;

namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>
/// An app as a receiver of events: asks it for its subscriptions until it answers, again when it was lost, and now
/// and then, because it may have been replaced by a newer one meanwhile. Deliveries wait while it does not answer or is
/// not well.
/// </summary>
internal sealed class SubscriberApp(
    SidecarApp app,
    Func<SubscriberApp, List<SubscriptionSpec>, CancellationToken, Task<bool>> discovered,
    TimeProvider clock,
    ILogger logger
) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly HttpMessageInvoker _client = AppClient.Create(TimeSpan.Zero);
    private readonly HealthGate _health = new(app, clock, logger);
    private readonly Lock _lock = new();
    private TaskCompletionSource _reachable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SidecarApp App => app;

    /// <summary>Whether the app has said in this run what it subscribes to.</summary>
    public bool Discovered { get; set; }

    public async Task WaitUntilReachableAsync(CancellationToken ct)
    {
        Task reachable;
        lock (_lock)
        {
            reachable = _reachable.Task;
        }
        if (!reachable.IsCompleted)
        {
            await reachable.WaitAsync(ct);
        }
        await _health.WaitAsync(ct);
    }

    /// <summary>A delivery found nobody at the app's address.</summary>
    public void Lost()
    {
        lock (_lock)
        {
            if (_reachable.Task.IsCompleted)
            {
                logger.LogInformation("{AppId} does not answer; deliveries wait for it", app.AppId);
                _reachable = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _lost.TrySetResult();
            }
        }
    }

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(DiscoverAsync(ct), _health.RunAsync(ct));

    private async Task DiscoverAsync(CancellationToken ct)
    {
        var pause = FirstPause;
        while (!ct.IsCancellationRequested)
        {
            if (await AskAsync(ct) is not { } specs || !await discovered(this, specs, ct))
            {
                await Task.Delay(pause, clock, ct);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LastPause.Ticks));
                continue;
            }
            pause = FirstPause;
            await Task.WhenAny(Reached(), Task.Delay(AskAgain, clock, ct));
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _health.Dispose();
    }

    private Task Reached()
    {
        lock (_lock)
        {
            if (_reachable.TrySetResult())
            {
                _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            return _lost.Task;
        }
    }

    private async Task<List<SubscriptionSpec>?> AskAsync(CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.AppAddress, "/dapr/subscribe"));
            request.Headers.TryAddWithoutValidation(ApiTokens.Header, app.AppApiToken);
            using var response = await _client.SendAsync(request, timeout.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return [];
            }
            if (response.IsSuccessStatusCode)
            {
                return SubscriptionSpec.Parse(await response.Content.ReadAsByteArrayAsync(timeout.Token));
            }
            logger.LogWarning("{AppId} answered {Status} to /dapr/subscribe", app.AppId, (int)response.StatusCode);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            logger.LogError(
                "{AppId} answered /dapr/subscribe with what cannot be used: {Reason}",
                app.AppId,
                e.Message
            );
        }
        return null;
    }
}
