using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

/// <summary>One request on its way through the writer.</summary>
internal sealed class PendingHold(
    Guid id,
    Guid buyerId,
    CreateHold.Request request,
    string? key,
    byte[]? hash,
    CancellationToken abandoned
)
{
    // Continuations must not run on the writer's loop.
    private readonly TaskCompletionSource<HoldDecision> answer = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public Guid Id => id;
    public Guid BuyerId => buyerId;
    public CreateHold.Request Request => request;
    public string? Key => key;
    public byte[]? Hash => hash;
    public Task<HoldDecision> Answer => answer.Task;

    /// <summary>The client has left: nothing is taken for nobody.</summary>
    public bool IsAbandoned => abandoned.IsCancellationRequested;

    public void Decide(HoldDecision decision) => answer.TrySetResult(decision);

    public void Fail(Exception exception) => answer.TrySetException(exception);
}

/// <summary>Exactly one is set.</summary>
internal readonly record struct HoldDecision(
    HoldView? Granted = null,
    Guid? ReplayOf = null,
    ProblemException? Refusal = null
);

/// <summary>
/// The single writer of a replica. One loop takes whatever requests wait, up to a limit, and decides them in one
/// statement, so that a hot pool is locked once a batch rather than once a request. Callers are answered after the
/// commit. When the connection breaks the outcome is unknown: the idempotency key makes trying again safe.
/// </summary>
internal sealed class HoldWriter(
    NpgsqlDataSource source,
    IOptions<HoldOptions> options,
    HoldMetrics metrics,
    ILogger<HoldWriter> logger
) : BackgroundService
{
    public const int MaxBatch = 200;
    public const int MaxWaiting = 4_096;
    public const int RetryAfterSeconds = 1;

    private readonly Channel<PendingHold> waiting = Channel.CreateBounded<PendingHold>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true }
    );

    /// <summary>A refusal with 503 when too many are waiting already.</summary>
    public Task<HoldDecision> DecideAsync(PendingHold pending)
    {
        if (waiting.Writer.TryWrite(pending))
            return pending.Answer;
        var busy = Refusals.Busy();
        metrics.Refused(busy);
        return Task.FromResult(new HoldDecision(Refusal: busy));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var statement = new TakeHolds(source, options.Value.HoldSeconds);
        var batch = new List<PendingHold>(MaxBatch);
        metrics.Watch(() => waiting.Reader.Count);
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                batch.Clear();
                while (batch.Count < MaxBatch && waiting.Reader.TryRead(out var pending))
                {
                    if (pending.IsAbandoned)
                        pending.Fail(new OperationCanceledException());
                    else
                        batch.Add(pending);
                }
                if (batch.Count > 0)
                    await DecideBatchAsync(statement, batch);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        waiting.Writer.Complete();
        while (waiting.Reader.TryRead(out var late))
            late.Fail(Refusals.Busy());
    }

    private async Task DecideBatchAsync(TakeHolds statement, List<PendingHold> batch)
    {
        try
        {
            await statement.ExecuteAsync(batch);
            metrics.Decided(batch);
        }
        catch (PostgresException e) when (batch.Count > 1 && !e.IsTransient)
        {
            // Rolled back for certain: one request is to blame, which must not take its neighbours along.
            logger.LogError(e, "A batch of {Requests} holds failed; one by one now", batch.Count);
            foreach (var pending in batch)
                await DecideBatchAsync(statement, [pending]);
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "{Requests} holds were not decided", batch.Count);
            metrics.Failed(batch.Count);
            foreach (var pending in batch)
                pending.Fail(e);
        }
    }
}
