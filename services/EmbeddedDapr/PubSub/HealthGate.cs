using Microsoft.Extensions.Logging;
using Ticketing.EmbeddedDapr.Hosting;
using Ticketing.EmbeddedDapr.Invocation;

namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>
/// Asks an app whether it is well, as daprd does. Deliveries wait while it is not, without using up attempts. Closed until
/// the first good answer; open where there is no check.
/// </summary>
internal sealed class HealthGate(SidecarApp app, TimeProvider clock, ILogger logger) : IDisposable
{
    /// <summary>An app that is coming up is asked more often than one that runs.</summary>
    private static readonly TimeSpan UntilWell = TimeSpan.FromMilliseconds(250);

    private readonly HttpMessageInvoker _client = AppClient.Create(TimeSpan.Zero);
    private TaskCompletionSource _well = NewGate(app.Health is null);
    private bool _wasWell;

    public Task WaitAsync(CancellationToken ct)
    {
        var well = Volatile.Read(ref _well).Task;
        return well.IsCompleted ? Task.CompletedTask : well.WaitAsync(ct);
    }

    public async Task RunAsync(CancellationToken ct)
    {
        if (app.Health is not { } check)
        {
            return;
        }
        var failures = 0;
        while (!ct.IsCancellationRequested)
        {
            if (await IsWellAsync(check, ct))
            {
                failures = 0;
                _wasWell = app.IsWell = true;
                if (_well.TrySetResult())
                {
                    logger.LogInformation("{AppId} is well: it gets its deliveries", app.AppId);
                }
            }
            else if (++failures == check.Threshold && _well.Task.IsCompleted)
            {
                app.IsWell = false;
                Volatile.Write(ref _well, NewGate(open: false));
                logger.LogWarning("{AppId} is not well: its deliveries wait", app.AppId);
            }
            await Task.Delay(_wasWell || check.Interval < UntilWell ? check.Interval : UntilWell, clock, ct);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<bool> IsWellAsync(AppHealth check, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(check.Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.AppAddress, check.Path));
            request.Headers.TryAddWithoutValidation(ApiTokens.Header, app.AppApiToken);
            using var response = await _client.SendAsync(request, timeout.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static TaskCompletionSource NewGate(bool open)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (open)
        {
            gate.SetResult();
        }
        return gate;
    }
}
